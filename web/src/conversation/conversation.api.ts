import type { Assignment } from '@/routing'
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
  type Millis,
  type Naming,
  type Page,
  type Priority,
  type TransferChoices,
  type UnsentDraft,
} from '@/api'

/** Closing is what is said when a ticket ends. Tags that are not given stay as they are. */
export interface Closing {
  result: string
  category: string
  note: string
  tag_ids?: Id[]
  survey_id?: Id
  /** The newest message seen: when the person wrote since, it is refused. */
  seen_through_id?: Id
}

const of = (id: Id) => '/conversations/' + id

export const conversations = {
  list: (question: Record<string, string | boolean>, cursor: string, limit: number, signal?: AbortSignal) =>
    api.get<Page<ConversationRow>>('/conversations', { ...question, cursor, limit }, signal),
  counts: () => api.get<Counts>('/conversations/counts'),
  detail: (id: Id) => api.get<ConversationDetail>(of(id)),
  messages: (id: Id, from: { before?: Id; after?: Id; around?: Id } = {}, limit = 50) =>
    api.get<{ items: Message[]; earlier: boolean; later: boolean }>(of(id) + '/messages', { ...from, limit }),
  post: (id: Id, draft: MessageDraft) => api.post<Message>(of(id) + '/messages', draft),
  retry: (id: Id, message: Id) => api.post<Message | undefined>(`${of(id)}/messages/${message}/retry`),
  withdraw: (id: Id, message: Id) => api.delete(`${of(id)}/messages/${message}`),
  letGo: (id: Id, message: Id) => api.post(`${of(id)}/messages/${message}/let-go`),
  details: (id: Id, message: Id) => api.get<MessageDetails>(`${of(id)}/messages/${message}/details`),
  read: (id: Id) => api.post(of(id) + '/read'),
  unread: (id: Id) => api.post(of(id) + '/unread'),
  assign: (id: Id, to: Assignment) => api.post<ConversationRow>(of(id) + '/assign', to),
  take: (id: Id) => api.post<ConversationRow>(of(id) + '/take'),
  close: (id: Id, closing: Closing) => api.post<{ ticket_id: Id; number: number }>(of(id) + '/close', closing),
  tag: (id: Id, tags: Id[]) => api.put<ConversationRow>(of(id) + '/tags', { tag_ids: tags }),
  addTags: (id: Id, tags: Id[]) => api.post<ConversationRow>(of(id) + '/tags', { tag_ids: tags }),
  priority: (id: Id, priority: Priority) => api.put<ConversationRow>(of(id) + '/priority', { priority }),
  hold: (id: Id, on: boolean) => api.put<ConversationRow>(of(id) + '/hold', { on }),
  snooze: (id: Id, until: { until?: Millis; until_reply?: boolean; seen_through_id?: Id }) =>
    api.put<ConversationRow>(of(id) + '/snooze', until),
  transferChoices: (id: Id) => api.get<TransferChoices>(of(id) + '/transfer-choices'),
  move: (id: Id, inbox: Id, note: string) =>
    api.post<{ conversation_id: Id; ticket_id: Id; number: number }>(of(id) + '/move', { inbox_id: inbox, note }),
  reopen: (id: Id, ticket: Id) => api.post(of(id) + '/reopen', { ticket_id: ticket }),
  nameable: (id: Id) => api.get<{ items: Naming[] | null }>(of(id) + '/nameable'),
  drafts: () => api.get<{ items: UnsentDraft[] | null }>('/drafts'),
  draft: (id: Id) => api.get<{ items: UnsentDraft[] | null }>(of(id) + '/draft'),
  keepDraft: (id: Id, mode: string, text: string, from: Id) =>
    api.put<KeptDraft>(of(id) + '/draft', { mode, text, ...(from && { from }) }),
  next: () => api.post<ConversationRow>('/queue/next'),
}

export type { FileRef }
