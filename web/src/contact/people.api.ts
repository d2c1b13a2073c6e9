import { address, api, type ConversationRow, type Id, type Message } from '@/api'
import type { ConsentEntry, DeskListedPerson, DeskPersonPage } from '@/api/generated'

export type { ConsentEntry } from '@/api/generated'

export type ListedPerson = Omit<DeskListedPerson, 'last' | 'opted_out_at' | 'blocked_at'> & {
  last: ConversationRow | null
  opted_out_at: number | null
  blocked_at: number | null
}

export type PersonPage = Omit<DeskPersonPage, 'conversations' | 'opted_out_at' | 'blocked_at'> & {
  conversations: ConversationRow[]
  opted_out_at: number | null
  blocked_at: number | null
}

/** What people are looked for by; empty fields do not matter. Days are as date fields give them. */
export interface PeopleFilter {
  /** Those put into a segment. */
  segment_id: Id
  inbox_id: Id
  name: string
  email: string
  phone: string
  city: string
  document: string
  ident: string
  from: string
  until: string
}

export const noFilter: PeopleFilter = {
  segment_id: '',
  inbox_id: '',
  name: '',
  email: '',
  phone: '',
  city: '',
  document: '',
  ident: '',
  from: '',
  until: '',
}

/** The attributes that screens and filters know by name, in the order they are shown. */
export const fields = ['email', 'city', 'document', 'external_id'] as const

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

export const people = {
  list: (filter: PeopleFilter, cursor: string, signal?: AbortSignal) =>
    api.get<{ items: ListedPerson[]; next: string; capped: boolean }>(
      '/people',
      { ...filter, cursor, zone: filter.from || filter.until ? zone() : '' },
      signal,
    ),
  exportFile: (filter: PeopleFilter) => address('/people.csv', { ...filter, zone: zone() }),
  get: (id: Id) => api.get<PersonPage>('/people/' + id),
  messages: (id: Id, before: string) => api.get<{ items: Message[] }>(`/people/${id}/messages`, { before, limit: 50 }),
  create: (body: { name: string; phone: string; country: string }) => api.post<{ id: Id }>('/contacts', body),
  change: (id: Id, body: { name?: string; attributes?: Record<string, string> }) => api.patch('/contacts/' + id, body),
  consents: async (id: Id) => (await api.get<{ items: ConsentEntry[] }>(`/contacts/${id}/consents`)).items,
  optOut: (id: Id, out: boolean) => (out ? api.post(`/contacts/${id}/opt-out`) : api.delete(`/contacts/${id}/opt-out`)),
  block: (id: Id, block: boolean) => (block ? api.post(`/people/${id}/block`) : api.delete(`/people/${id}/block`)),
  note: (id: Id, text: string) => api.post(`/people/${id}/notes`, { text }),
  deleteNote: (id: Id, note: Id) => api.delete(`/people/${id}/notes/${note}`),
  merge: (into: Id, from: Id, name: string, attributes: Record<string, string>) =>
    api.post<{ id: Id }>(`/people/${into}/merge`, { from_id: from, name, attributes }),
}
