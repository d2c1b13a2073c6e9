import { describe, expect, it } from 'vitest'
import { countryIn, moneyIn } from './money'

const plain = (text: string) => text.replace(/\s/gu, ' ')

describe('money', () => {
  it('is written in the language, a small price with all its places', () => {
    expect(plain(moneyIn('en', '1234.5', 'USD'))).toBe('USD 1,234.50')
    expect(plain(moneyIn('en', '0.0625', 'USD'))).toBe('USD 0.0625')
    expect(plain(moneyIn('pt-BR', '0', 'BRL'))).toBe('BRL 0,00')
  })
  it('of a currency nobody knows is still readable', () => expect(moneyIn('en', '2', '')).toBe(' 2'))
  it('names countries, and leaves calling codes', () => {
    expect(countryIn('es', 'BR')).toBe('Brasil')
    expect(countryIn('es', '+55')).toBe('+55')
    expect(countryIn('es', '')).toBe('')
  })
})
