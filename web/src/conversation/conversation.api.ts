import {
  api,
  type ConversationDetail,
  type ConversationRow,
  type Counts,
  type FileRef,
  type Id,
  type Message,
  type MessageDetails,
  type KeptDraft,
  type MessageDraft,
  type Naming,
  type Page,
  type UnsentDraft,
} from '@/api'

const of = (id: Id) => '/conversations/' + id

export const conversations = {
  list: (question: Record<string, string | boolean>, cursor: string, limit: number, signal?: AbortSignal) =>
    api.get<Page<ConversationRow>>('/conversations', { ...question, cursor, limit }, signal),
  counts: () => api.get<Counts>('/conversations/counts'),
  detail: (id: Id) => api.get<ConversationDetail>(of(id)),
  messages: (id: Id, before = '', limit = 50) =>
    api.get<{ items: Message[]; earlier: boolean }>(of(id) + '/messages', { before, limit }),
  post: (id: Id, draft: MessageDraft) => api.post<Message>(of(id) + '/messages', draft),
  retry: (id: Id, message: Id) => api.post<Message | undefined>(`${of(id)}/messages/${message}/retry`),
  withdraw: (id: Id, message: Id) => api.delete(`${of(id)}/messages/${message}`),
  letGo: (id: Id, message: Id) => api.post(`${of(id)}/messages/${message}/let-go`),
  details: (id: Id, message: Id) => api.get<MessageDetails>(`${of(id)}/messages/${message}/details`),
  read: (id: Id) => api.post(of(id) + '/read'),
  assign: (id: Id, to: { user_id?: Id; queue_id?: Id; note?: string }) => api.post(of(id) + '/assign', to),
  take: (id: Id) => api.post(of(id) + '/take'),
  close: (id: Id, result: string, note: string) =>
    api.post<{ ticket_id: Id; number: number }>(of(id) + '/close', { result, note }),
  reopen: (id: Id, ticket: Id) => api.post(of(id) + '/reopen', { ticket_id: ticket }),
  nameable: (id: Id) => api.get<{ items: Naming[] | null }>(of(id) + '/nameable'),
  drafts: () => api.get<{ items: UnsentDraft[] | null }>('/drafts'),
  draft: (id: Id) => api.get<{ items: UnsentDraft[] | null }>(of(id) + '/draft'),
  keepDraft: (id: Id, mode: string, text: string, from: Id) =>
    api.put<KeptDraft>(of(id) + '/draft', { mode, text, ...(from && { from }) }),
  next: () => api.post<ConversationRow>('/queue/next'),
}

export type { FileRef }
