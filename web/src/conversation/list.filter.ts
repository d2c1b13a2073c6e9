import type { ConversationRow, DeskViewFilter, Id, Priority, View } from '@/api'

export type Sort = 'waiting' | 'newest' | 'deadline' | 'priority'

/** Filter is what the list shows. Empty texts mean: any. */
export interface Filter {
  view: View
  /** Of the closed ones only those I answered last. */
  own: boolean
  inbox: Id
  channel: string
  queue: Id
  agent: Id
  tag: Id
  unread: boolean
  waiting: boolean
  closing: boolean
  sort: Sort
  search: string
}

export const views: View[] = ['mine', 'snoozed', 'queue', 'team', 'mentions', 'closed']
export const sorts: Sort[] = ['waiting', 'newest', 'deadline', 'priority']
const closingSoon = 2 * 3_600_000
const margin = 60_000

export const anyFilter = (view: View = 'mine'): Filter => ({
  view,
  own: false,
  inbox: '',
  channel: '',
  queue: '',
  agent: '',
  tag: '',
  unread: false,
  waiting: false,
  closing: false,
  sort: 'waiting',
  search: '',
})

/** applied leaves out what the view does not have: closed ones wait in no queue and for no answer. */
export function applied(filter: Filter): Filter {
  if (filter.view === 'closed') return { ...filter, queue: '', tag: '', unread: false, waiting: false, closing: false }
  const own = { ...filter, own: false }
  return filter.view === 'team' || filter.view === 'mentions' ? own : { ...own, agent: '' }
}

/** narrowed counts the filters that leave something out, the words searched for not among them. */
export function narrowed(filter: Filter): number {
  const { own, inbox, channel, queue, agent, tag, unread, waiting, closing } = applied(filter)
  return [own, inbox, channel, queue, agent, tag, unread, waiting, closing].filter(Boolean).length
}

/** questionOf is a filter as the API asks for it. */
export function questionOf(filter: Filter): Record<string, string | boolean> {
  const { view, own, inbox, channel, queue, agent, tag, unread, waiting, closing, sort, search } = applied(filter)
  return {
    ...{ view, sort, search, channel, inbox_id: inbox, queue_id: queue, agent_id: agent, tag_id: tag },
    ...(own && { own }),
    ...(unread && { unread }),
    ...(waiting && { waiting }),
    ...(closing && { closing }),
  }
}

/** savedOf is a filter as a saved view keeps it; filterOf is the way back. */
export function savedOf(filter: Filter): DeskViewFilter {
  const { inbox, queue, agent, tag, ...rest } = filter
  return { ...rest, inbox_id: inbox, queue_id: queue, agent_id: agent, tag_id: tag }
}

export function filterOf(saved: DeskViewFilter): Filter {
  const filter = anyFilter(views.find((one) => one === saved.view))
  for (const key of switches) filter[key] = saved[key] ?? false
  const { inbox_id: inbox = '', queue_id: queue = '', agent_id: agent = '', tag_id: tag = '' } = saved
  const { channel = '', search = '' } = saved
  const sort = sorts.find((one) => one === saved.sort) ?? 'waiting'
  return { ...filter, inbox, queue, agent, tag, channel, search, sort }
}

const names = { inbox: 'n', channel: 'channel', queue: 'queue', agent: 'agent', tag: 'tag', search: 'q' } as const
const switches = ['own', 'unread', 'waiting', 'closing'] as const

/** addressOf is a filter in the address of the page, without what is as always. */
export function addressOf(filter: Filter): Record<string, string> {
  const query: Record<string, string> = {}
  if (filter.view !== 'mine') query.view = filter.view
  if (filter.sort !== 'waiting') query.sort = filter.sort
  for (const [key, name] of Object.entries(names) as [keyof typeof names, string][])
    if (filter[key]) query[name] = filter[key]
  for (const key of switches) if (filter[key]) query[key] = '1'
  return query
}

/** fromAddress reads the filter of an address; what makes no sense is left out. */
export function fromAddress(query: Record<string, unknown>): Filter {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const filter = anyFilter(views.find((one) => one === text('view')))
  filter.sort = sorts.find((one) => one === text('sort')) ?? 'waiting'
  for (const [key, name] of Object.entries(names) as [keyof typeof names, string][]) filter[key] = text(name)
  for (const key of switches) filter[key] = text(key) === '1'
  return filter
}

/** belongs tells whether a row is one of those a filter asks for. What only the server knows (words, mentions, who answered last) is not asked. */
export function belongs(row: ConversationRow, given: Filter, me: Id, at: number): boolean {
  const filter = applied(given)
  if (filter.inbox && row.inbox.id !== filter.inbox) return false
  if (filter.channel && row.inbox.channel !== filter.channel) return false
  if (filter.view === 'closed') return row.state === 'closed'
  if (filter.queue && row.queue?.id !== filter.queue) return false
  if (filter.agent && row.assignee?.id !== filter.agent) return false
  if (filter.tag && !row.tags.some((tag) => tag.id === filter.tag)) return false
  if (filter.unread && !row.unread) return false
  if (filter.waiting && !row.waiting_since) return false
  const left = row.window.until - margin - at
  if (filter.closing && (left <= 0 || left > closingSoon)) return false
  if (filter.view === 'mentions') return true
  if (row.state !== 'open') return false
  if (filter.view === 'mine') return row.assignee?.id === me && !row.snooze
  if (filter.view === 'snoozed') return row.assignee?.id === me && !!row.snooze
  if (filter.view === 'queue') return !row.assignee && row.holder === 'queue'
  return true
}

const later = (a: ConversationRow, b: ConversationRow) => b.last_message_at - a.last_message_at || byId(b, a)
const byId = (a: ConversationRow, b: ConversationRow) => (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)

const priorities: Priority[] = ['urgent', 'high', 'normal', 'low']

/** longestWait is who waits longest; then the others, the last said first. */
function longestWait(a: ConversationRow, b: ConversationRow): number {
  if (!a.waiting_since || !b.waiting_since) {
    if (a.waiting_since || b.waiting_since) return a.waiting_since ? -1 : 1
    return later(a, b)
  }
  return a.waiting_since - b.waiting_since || byId(a, b)
}

/** compareBy is the order of the server. begun is when the list was loaded: windows that closed since keep their place. */
export function compareBy(filter: Filter, begun: number): (a: ConversationRow, b: ConversationRow) => number {
  if (filter.view === 'closed' || filter.view === 'mentions' || filter.sort === 'newest') return later
  if (filter.sort === 'waiting') return longestWait
  if (filter.sort === 'priority')
    return (a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority) || longestWait(a, b)
  return (a, b) => {
    const [one, other] = [a.window.until > begun, b.window.until > begun]
    if (one !== other) return one ? -1 : 1
    const earlier = a.window.until - b.window.until || byId(a, b)
    return one ? earlier : -earlier
  }
}
