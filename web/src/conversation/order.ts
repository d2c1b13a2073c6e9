import type { Id, Message, MessageStatus } from '@/api'

/** compareIds orders ids by when they were made: they are whole numbers too long for a number. */
export function compareIds(a: Id, b: Id): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}

/** newestOf gives the highest id: ours that was just sent stands at the end, though it may be older. */
export const newestOf = (messages: readonly Message[]): Id =>
  messages.reduce<Id>((id, one) => (id && compareIds(id, one.id) > 0 ? id : one.id), '')

const rank: Record<string, number> = {
  queued: 10,
  unconfirmed: 30,
  accepted: 40,
  sent: 50,
  failed: 55,
  delivered: 60,
  read: 70,
  played: 80,
  received: 90,
}

/** moves tells whether news may replace a status: it goes forward only, except for a message that is tried again. */
export function moves(from: MessageStatus | '', to: MessageStatus): boolean {
  if (to === 'queued') return from === 'failed' || from === 'unconfirmed'
  return (rank[to] ?? 0) > (rank[from] ?? 0)
}

/** insert puts a message in its place, or in the place of the one with the same id, and gives the new list. */
export function insert(messages: readonly Message[], message: Message): Message[] {
  const same = messages.findIndex((other) => other.id === message.id)
  if (same >= 0) return messages.with(same, message)
  const after = messages.findLastIndex((other) => compareIds(other.id, message.id) < 0)
  return messages.toSpliced(after + 1, 0, message)
}
