import { describe, expect, it } from 'vitest'
import { tokenAt } from './token'

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
