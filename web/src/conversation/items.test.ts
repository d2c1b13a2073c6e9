import { describe, expect, it } from 'vitest'
import { message, noon } from '@/testing/examples'
import { firstUnread, itemsOf } from './items'
import type { Pending } from './outbox.store'

const minute = 60_000
const ana = { kind: 'agent' as const, id: '7', name: 'Ana Sosa' }

function pending(change: Partial<Pending> = {}): Pending {
  return {
    conversation: '100',
    draft: { client_id: 'c1', kind: 'text', text: 'Voy' },
    shown: {},
    at: noon + minute,
    state: 'waiting',
    words: '',
    code: '',
    ...change,
  }
}

describe('itemsOf', () => {
  it('divides days', () => {
    const items = itemsOf([message({ id: '1', created_at: noon - 86_400_000 }), message({ id: '2' })], [], '', '7')
    expect(items.map(({ type }) => type)).toEqual(['day', 'message', 'day', 'message'])
  })

  it('keeps what one person says within two minutes together', () => {
    const items = itemsOf(
      [
        message({ id: '1' }),
        message({ id: '2', created_at: noon + minute }),
        message({ id: '3', created_at: noon + 9 * minute }),
      ],
      [],
      '',
      '7',
    )
    const ends = items.flatMap((item) => (item.type === 'message' ? [[item.starts, item.ends]] : []))
    expect(ends).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ])
  })

  it('joins what is not sent yet to what the same agent just said', () => {
    const said = message({ id: '1', direction: 'out', author: ana, status: 'sent' })
    const last = itemsOf([said], [pending()], '', '7').at(-1)
    expect(last).toMatchObject({ type: 'pending', starts: false, ends: true })
  })

  it('folds system events that follow one another into one item', () => {
    const marker = (id: string) => message({ id, direction: 'marker', kind: 'marker' })
    const items = itemsOf([marker('1'), marker('2'), marker('3'), message({ id: '4' })], [], '', '7')
    const markers = items.find((item) => item.type === 'markers')
    expect(markers?.type === 'markers' && markers.markers.length).toBe(3)
  })

  it('draws the line above the first new message and counts only the customer', () => {
    const list = [
      message({ id: '1' }),
      message({ id: '2' }),
      message({ id: '3', direction: 'out', author: ana }),
      message({ id: '4' }),
    ]
    const items = itemsOf(list, [], '2', '7')
    expect(items.map(({ type }) => type)).toEqual(['day', 'message', 'new', 'message', 'message', 'message'])
    expect(items[2]).toMatchObject({ count: 2 })
  })

  it('hangs a reaction on its message, takes the last one, and an empty one takes it back', () => {
    const to = { id: '1', text: 'Hola', kind: 'text' }
    const react = (id: string, emoji: string, direction: 'in' | 'out' = 'in') =>
      message({ id, kind: 'reaction', direction, content: { emoji }, reply_to: to })
    const on = (...list: ReturnType<typeof message>[]) => {
      const item = itemsOf([message({ id: '1' }), ...list], [], '', '7')[1]
      return item?.type === 'message' ? item.reactions.map((one) => one.emoji) : []
    }
    expect(on(react('2', '👍'), react('3', '❤️'))).toEqual(['❤️'])
    expect(on(react('2', '👍'), react('3', '🙏', 'out'))).toEqual(['👍', '🙏'])
    expect(on(react('2', '👍'), react('3', ''))).toEqual([])
  })

  it('keeps the key of a message from waiting to sent, so that its bubble is not made anew', () => {
    const before = itemsOf([], [pending()], '', '7').at(-1)!.key
    const after = itemsOf([message({ id: '5', direction: 'out', author: ana, client_id: 'c1' })], [], '', '7').at(
      -1,
    )!.key
    expect(after).toBe(before)
  })
})

describe('firstUnread', () => {
  const list = [message({ id: '1' }), message({ id: '2', direction: 'out' }), message({ id: '3' })]
  it('counts the customer’s messages from the end', () => {
    expect(firstUnread(list, 1)).toBe('3')
    expect(firstUnread(list, 2)).toBe('1')
  })
  it('stops at what is loaded, and says nothing when all was read', () => {
    expect(firstUnread(list, 9)).toBe('1')
    expect(firstUnread(list, 0)).toBe('')
  })
})
