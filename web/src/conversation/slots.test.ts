import { describe, expect, it } from 'vitest'
import { pieces, slotFrom, slotsOf } from './slots'

const text = 'Pedido {{order number}} para {{ contact.name }}.'

describe('slots', () => {
  it('are found with their names, on one line only', () => {
    expect(slotsOf(text).map((slot) => slot.name)).toEqual(['order number', 'contact.name'])
    expect(slotsOf('{{}} {{a\nb}} {x}')).toEqual([])
  })

  it('are walked with Tab and left at the end', () => {
    const slots = slotsOf(text)
    const [first, second] = slots
    expect(slotFrom(slots, 0, 0, false)).toBe(first)
    expect(slotFrom(slots, first!.start, first!.end, false)).toBe(second)
    expect(slotFrom(slots, second!.start, second!.end, false)).toBeUndefined()
    expect(slotFrom(slots, second!.start, second!.end, true)).toBe(first)
    expect(slotFrom(slots, first!.start, first!.end, true)).toBeUndefined()
  })

  it('are shown marked, and nothing of the text is lost', () => {
    const cut = pieces(text)
    expect(cut.map((piece) => piece.text).join('')).toBe(text)
    expect(cut.filter((piece) => piece.slot)).toHaveLength(2)
  })
})
