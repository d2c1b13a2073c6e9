import { describe, expect, it } from 'vitest'
import type { FlowBlock } from '@/api/generated/types.gen'
import { changesIn, copyOf, kinds, moveBlock, newBlock, titleOf } from './blocks'

const blocks = (): FlowBlock[] => [
  { id: 'a', kind: 'say', text: 'Uno' },
  { id: 'b', kind: 'end' },
]

describe('blocks of a flow', () => {
  it('have ids of their own', () => {
    const all = kinds.map(newBlock)
    expect(new Set(all.map((one) => one.id)).size).toBe(kinds.length)
    for (const one of all) expect(one.id).toMatch(/^[0-9a-z]{1,20}$/)
    const copy = copyOf(all[0]!)
    expect({ ...copy, id: '' }).toEqual({ ...all[0], id: '' })
    expect(copy.id).not.toBe(all[0]!.id)
  })
  it('move within their bounds', () => {
    const list = blocks()
    expect(moveBlock(list, 0, -1)).toBe(0)
    expect(moveBlock(list, 0, 1)).toBe(1)
    expect(list.map((one) => one.id)).toEqual(['b', 'a'])
  })
  it('are spoken of by their words', () => {
    expect(titleOf(blocks()[0]!, 0, 'Dice')).toBe('1. Uno')
    expect(titleOf(blocks()[1]!, 1, 'Termina')).toBe('2. Termina')
    expect(titleOf({ id: 'x', kind: 'say', text: 'x'.repeat(60) }, 2, '')).toHaveLength(43)
  })
  it('are counted when they change', () => {
    const one = { name: 'A', draft: { language: 'es' as const, blocks: blocks() } }
    const other = { name: 'B', draft: { language: 'es' as const, blocks: blocks().slice(1) } }
    expect(changesIn(one, one)).toBe(0)
    expect(changesIn(one, other)).toBe(3)
  })
})
