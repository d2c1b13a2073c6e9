import { address, api, type Archive, type Id, type Message, type Page, type HistoryTicket } from '@/api'

/** Filter narrows the history. Empty texts mean all. */
export interface Filter {
  q: string
  state: string
  n: Id
  queue: Id
  agent: Id
}

export const history = {
  list: (f: Filter, cursor: string) =>
    api.get<Page<HistoryTicket>>('/history', {
      q: f.q,
      state: f.state || undefined,
      inbox_id: f.n,
      queue_id: f.queue,
      agent_id: f.agent,
      cursor,
      limit: 50,
    }),
  read: (id: Id, after = '') =>
    api.get<{ ticket: HistoryTicket; messages: Message[]; next: string }>('/history/' + id, { after }),
  pdf: (id: Id) => address(`/history/${id}/pdf`),
  settings: () => api.get<{ months: number }>('/settings/history'),
  keep: (months: number) => api.put<{ months: number }>('/settings/history', { months }),
}

/** Wanted are the tickets of a ZIP: some, or all that a filter shows. */
export type Wanted = { ticket_ids: Id[] } | { filter: Filter }

export const archives = {
  list: async () => (await api.get<{ items: Archive[] }>('/archives')).items,
  make: (wanted: Wanted) =>
    api.post<Archive>(
      '/archives',
      'filter' in wanted ? { filter: question(wanted.filter) } : { ticket_ids: wanted.ticket_ids },
    ),
  remove: (id: Id) => api.delete('/archives/' + id),
  zip: (id: Id) => address(`/archives/${id}/zip`),
}

const question = (f: Filter) =>
  Object.fromEntries(
    Object.entries({ q: f.q, state: f.state, inbox_id: f.n, queue_id: f.queue, agent_id: f.agent }).filter(
      ([, value]) => value,
    ),
  )
