import { describe, expect, it } from 'vitest'
import { emojiAt, nameAt, tokenAt } from './token'

const query = (text: string) => tokenAt(text, text.length, '/')?.query

describe('a search in the text', () => {
  it('begins at the start of a line or after a space', () => {
    expect(query('/')).toBe('')
    expect(query('/env')).toBe('env')
    expect(query('Hola\n/env')).toBe('env')
    expect(query('Hola /envío demora')).toBe('envío demora')
  })

  it('is nowhere else', () => {
    for (const text of ['y/o', 'https://x.example', 'precio / unidad', '/env\n', 'Hola', '/' + 'a'.repeat(60)]) {
      expect(query(text), text).toBeUndefined()
    }
  })

  it('ends at the caret', () => {
    expect(tokenAt('a /envío', 5, '/')).toEqual({ start: 2, end: 5, query: 'en' })
  })
})

describe('the name of an emoji', () => {
  const name = (text: string) => emojiAt(text, text.length)?.query
  it('has two letters at least', () => {
    expect(name('Bien :pu')).toBe('pu')
    expect(name(':corazón')).toBe('corazón')
    for (const text of [':p', '10:30', 'a las :30', ':-)', ':))', 'nota:hola', ':dos palabras', 'https://x.example'])
      expect(name(text), text).toBeUndefined()
  })
})

describe('the name of a member', () => {
  const name = (text: string) => nameAt(text, text.length)?.query
  it('has two words at most', () => {
    expect(name('@')).toBe('')
    expect(name('mira @Ana So')).toBe('Ana So')
    for (const text of ['ana@aurora.example', '@Ana Sosa mira', '@ana, mira']) expect(name(text), text).toBeUndefined()
  })
})
