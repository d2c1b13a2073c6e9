import type { Id, Message } from '@/api'
import { sameDay } from '@/i18n/format'
import type { Pending } from './outbox.store'

/** Item is one line of the thread, in the order it is shown. */
export type Item =
  | { type: 'day'; key: string; at: number }
  | { type: 'new'; key: string; count: number }
  | { type: 'markers'; key: string; markers: Message[] }
  | { type: 'message'; key: string; message: Message; starts: boolean; ends: boolean; reactions: string[] }
  | { type: 'pending'; key: string; pending: Pending; starts: boolean; ends: boolean }

const together = 2 * 60_000

interface Said {
  side: string
  at: number
}

/** side tells whose turn it is: people say things in turns, and bubbles of one turn stand together. */
function side(message: Message): string {
  return (
    message.direction + (message.direction === 'in' ? '' : (message.author?.kind ?? '') + (message.author?.id ?? ''))
  )
}

function joined(a: Said | undefined, b: Said | undefined): boolean {
  return !!a && !!b && a.side === b.side && Math.abs(a.at - b.at) < together
}

/**
 * itemsOf lays a thread out: days divide it, a line stands above the first new message, system events next to each other
 * fold into one, reactions hang on what they react to, and what is not sent yet stands at the end.
 */
export function itemsOf(messages: Message[], pending: Pending[], firstNew: Id, me: Id): Item[] {
  const reactions = reactionsOf(messages)
  const said = messages.filter((message) => message.kind !== 'reaction' || !message.reply_to)
  const items: Item[] = []
  let day = 0
  for (const message of said) {
    if (!sameDay(day, message.created_at)) items.push({ type: 'day', key: 'day' + message.id, at: message.created_at })
    day = message.created_at
    if (message.id === firstNew) items.push({ type: 'new', key: 'new', count: countNew(said, firstNew) })
    const last = items.at(-1)
    if (message.direction === 'marker') {
      if (last?.type === 'markers') last.markers.push(message)
      else items.push({ type: 'markers', key: 'markers' + message.id, markers: [message] })
      continue
    }
    const key = message.client_id || message.id
    items.push({ type: 'message', key, message, starts: true, ends: true, reactions: reactions.get(message.id) ?? [] })
  }
  for (const one of pending) {
    if (!sameDay(day, one.at)) items.push({ type: 'day', key: 'day' + one.draft.client_id, at: one.at })
    day = one.at
    items.push({ type: 'pending', key: one.draft.client_id, pending: one, starts: true, ends: true })
  }
  return group(items, me)
}

function group(items: Item[], me: Id): Item[] {
  const spoken = (item: Item | undefined): Said | undefined => {
    if (item?.type === 'message') return { side: side(item.message), at: item.message.created_at }
    const direction = item?.type === 'pending' && item.pending.draft.kind === 'note' ? 'note' : 'out'
    return item?.type === 'pending' ? { side: direction + 'agent' + me, at: item.pending.at } : undefined
  }
  items.forEach((item, at) => {
    if (item.type !== 'message' && item.type !== 'pending') return
    item.starts = !joined(spoken(items[at - 1]), spoken(item))
    item.ends = !joined(spoken(item), spoken(items[at + 1]))
  })
  return items
}

function countNew(said: Message[], firstNew: Id): number {
  const from = said.findIndex((message) => message.id === firstNew)
  return said.slice(from).filter((message) => message.direction === 'in').length
}

/** reactionsOf gives the emoji on each message: the last one of each side counts, and an empty one takes it back. */
function reactionsOf(messages: Message[]): Map<Id, string[]> {
  const sides = new Map<Id, Map<string, string>>()
  for (const message of messages) {
    if (message.kind !== 'reaction' || !message.reply_to) continue
    const on = sides.get(message.reply_to.id) ?? new Map<string, string>()
    sides.set(message.reply_to.id, on.set(message.direction, message.content?.emoji ?? ''))
  }
  return new Map([...sides].map(([id, on]) => [id, [...on.values()].filter(Boolean)]))
}

/** firstUnread finds where the new messages begin: the n-th message of the customer from the end. */
export function firstUnread(messages: Message[], unread: number): Id {
  let left = unread
  for (const message of messages.toReversed()) {
    if (message.direction !== 'in' || message.kind === 'reaction') continue
    if (--left === 0) return message.id
  }
  return unread > 0 ? (messages.find((message) => message.direction === 'in')?.id ?? '') : ''
}
