import { api, type ConversationRow, type Id, type SearchAnswer } from '@/api'

export type Kind = 'all' | 'people' | 'messages' | 'tickets'

export const commands = {
  search: (text: string, kind: Kind, signal: AbortSignal) =>
    api.get<SearchAnswer>('/search', { q: text, in: kind, limit: kind === 'all' ? 5 : 12 }, signal),
  conversation: (id: Id) => api.get<ConversationRow>('/conversations/' + id),
}
