import { describe, expect, it } from 'vitest'
import { message, noon } from '@/testing/examples'
import { chunker } from './chunks'
import { itemsOf } from './items'

const said = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => message({ id: String(from + n), created_at: noon + (from + n) * 1000 }))
const laid = (from: number, to: number) => itemsOf(said(from, to), [], '', '7')

describe('chunker', () => {
  it('keeps all lines in their order, with the divider before what it belongs to', () => {
    const chunks = chunker()(laid(1000, 1100))
    expect(chunks.flatMap((chunk) => chunk.items)).toEqual(laid(1000, 1100))
    expect(chunks.every((chunk) => chunk.items.length <= 41)).toBe(true)
  })

  it('leaves the borders where they are when older messages come in above', () => {
    const cut = chunker()
    const before = cut(laid(1050, 1100)).map((chunk) => chunk.key)
    const after = cut(laid(1000, 1100)).map((chunk) => chunk.key)
    expect(after.slice(-before.length)).toEqual(before)
  })

  it('grows the last chunk before it begins another one', () => {
    const cut = chunker()
    const keys = cut(laid(1000, 1030)).map((chunk) => chunk.key)
    expect(cut(laid(1000, 1040)).map((chunk) => chunk.key)).toEqual(keys)
    expect(cut(laid(1000, 1041))).toHaveLength(2)
  })

  it('lays out and cuts ten thousand messages fast enough to do it at each one that comes', () => {
    const messages = said(0, 10_000)
    const cut = chunker()
    cut(itemsOf(messages, [], '', '7'))
    const begun = performance.now()
    for (let n = 0; n < 5; n++) cut(itemsOf(messages, [], '', '7'))
    expect((performance.now() - begun) / 5).toBeLessThan(200)
  })
})
