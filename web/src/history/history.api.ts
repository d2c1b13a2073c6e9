import { address, api, type Id, type Message, type Page, type HistoryTicket } from '@/api'

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
