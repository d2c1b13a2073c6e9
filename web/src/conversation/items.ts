import type { Id, Message } from '@/api'
import type { Pending } from './outbox.store'

/** Reaction is an emoji one side put on a message. */
export interface Reaction {
  id: Id
  emoji: string
  side: 'in' | 'out'
  /** Why ours did not arrive, in words; empty when it did. */
  failed: string
}

/** Item is one line of the thread, in the order it is shown. */
export type Item =
  | { type: 'day'; key: string; at: number }
  | { type: 'new'; key: string; count: number }
  | { type: 'markers'; key: string; markers: Message[] }
  | {
      type: 'message'
      key: string
      message: Message
      starts: boolean
      ends: boolean
      reactions: Reaction[]
      tapped: string
    }
  | { type: 'pending'; key: string; pending: Pending; starts: boolean; ends: boolean }

const together = 2 * 60_000
/** Kinds that are no words of the customer: the server does not count them as unread either. */
const silent = new Set(['reaction', 'system', 'edit', 'revoke'])

/** speaks tells whether a message is something new a customer said. */
export const speaks = (message: Message) => message.direction === 'in' && !silent.has(message.kind)

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

/** calendar tells whether a moment is on another day than the one before; it asks the calendar once a day. */
function calendar(): (at: number) => boolean {
  let from = 0
  let until = 0
  return (at) => {
    if (at >= from && at < until) return false
    from = new Date(at).setHours(0, 0, 0, 0)
    until = new Date(from).setHours(24, 0, 0, 0)
    return true
  }
}

/**
 * itemsOf lays a thread out: days divide it, a line stands above the first new message, system events next to each other
 * fold into one, reactions and taps hang on what they belong to, and what is not sent yet stands at the end.
 */
export function itemsOf(messages: Message[], pending: Pending[], firstNew: Id, me: Id): Item[] {
  const reactions = reactionsOf(messages)
  const taps = tapsOf(messages)
  const said = messages.filter((message) => message.kind !== 'reaction' || !message.reply_to)
  const items: Item[] = []
  const anotherDay = calendar()
  for (const message of said) {
    if (anotherDay(message.created_at)) items.push({ type: 'day', key: 'day' + message.id, at: message.created_at })
    if (message.id === firstNew) items.push({ type: 'new', key: 'new', count: countNew(said, firstNew) })
    const last = items.at(-1)
    if (message.direction === 'marker' || message.kind === 'system') {
      if (last?.type === 'markers') last.markers.push(message)
      else items.push({ type: 'markers', key: 'markers' + message.id, markers: [message] })
      continue
    }
    const key = message.client_id || message.id
    const on = reactions.get(message.id) ?? []
    const tapped = taps.get(message.id) ?? ''
    items.push({ type: 'message', key, message, starts: true, ends: true, reactions: on, tapped })
  }
  for (const one of pending) {
    if (anotherDay(one.at)) items.push({ type: 'day', key: 'day' + one.draft.client_id, at: one.at })
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
  return said.slice(from).filter(speaks).length
}

/**
 * reactionsOf gives the emoji on each message: the last one of each side counts, and an empty one takes it back. One of ours
 * that did not arrive is shown as such, beside nothing: what was there before is gone from our side as well.
 */
function reactionsOf(messages: Message[]): Map<Id, Reaction[]> {
  const sides = new Map<Id, Map<string, Reaction>>()
  for (const message of messages) {
    if (message.kind !== 'reaction' || !message.reply_to) continue
    const on = sides.get(message.reply_to.id) ?? new Map<string, Reaction>()
    const side = message.direction === 'in' ? 'in' : 'out'
    const failed = message.status === 'failed' ? message.error?.words || '–' : ''
    sides.set(message.reply_to.id, on.set(side, { id: message.id, emoji: message.content?.emoji ?? '', side, failed }))
  }
  return new Map([...sides].map(([id, on]) => [id, [...on.values()].filter((one) => one.emoji)]))
}

/** tapsOf gives the caption of the button or row that was tapped last below each message. */
function tapsOf(messages: Message[]): Map<Id, string> {
  const taps = new Map<Id, string>()
  for (const message of messages) {
    if (message.kind === 'button' && message.reply_to)
      taps.set(message.reply_to.id, message.content?.title || message.text)
  }
  return taps
}

/** firstUnread finds where the new messages begin: the n-th message of the customer from the end. */
export function firstUnread(messages: Message[], unread: number): Id {
  let left = unread
  for (const message of messages.toReversed()) {
    if (!speaks(message)) continue
    if (--left === 0) return message.id
  }
  return unread > 0 ? (messages.find(speaks)?.id ?? '') : ''
}

/** holdsUnread tells whether all that is unread is among these messages. */
export function holdsUnread(messages: Message[], unread: number): boolean {
  return messages.filter(speaks).length >= unread
}
