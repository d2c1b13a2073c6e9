import { describe, expect, it } from 'vitest'
import { fit, parts } from './match'
import { synonyms } from './synonyms'

describe('fit', () => {
  it('takes beginnings of words, without accents and case', () => {
    expect(fit('cer', 'Cerrar la atención')).toBe(3)
    expect(fit('atencion cer', 'Cerrar la atención')).toBe(2)
    expect(fit('rrar', 'Cerrar la atención')).toBe(0)
    expect(fit(' ?', 'Cerrar')).toBe(0)
  })

  it.each(['cerrar', 'fechar', 'encerrar', 'resolve', 'close', 'resuelto'])(
    'finds Close by "%s" in any language',
    (word) => {
      for (const label of ['Close the ticket', 'Cerrar la atención', 'Encerrar o atendimento']) {
        expect(fit(word, label, synonyms['ticket.close'])).toBeGreaterThan(0)
      }
    },
  )
})

describe('parts', () => {
  it('marks the words found and keeps the text', () => {
    const cut = parts('¿Cuándo llega el pedido?', 'cuando ped')
    expect(cut.map((one) => one.text).join('')).toBe('¿Cuándo llega el pedido?')
    expect(cut.filter((one) => one.hit).map((one) => one.text)).toEqual(['Cuándo', 'pedido'])
  })
})
