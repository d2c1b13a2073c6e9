import { api, type Id, type Page } from '@/api'
import type { FirstReply, QuickReply, QuickReplyDraft, ReplyCategory, Variable } from '@/api/generated'

export type { QuickReply, QuickReplyDraft, ReplyCategory, Variable }

const of = (id: Id) => '/quick-replies/' + id
const inCategory = (id: Id) => '/quick-reply-categories/' + id

export const quickReplies = {
  categories: () => api.get<{ items: ReplyCategory[] }>('/quick-reply-categories'),
  createCategory: (name: string, replies: FirstReply[] = []) =>
    api.post<ReplyCategory>('/quick-reply-categories', { name, replies }),
  renameCategory: (id: Id, name: string) => api.patch<ReplyCategory>(inCategory(id), { name }),
  orderCategories: (ids: Id[]) => api.put('/quick-reply-categories/order', { ids }),
  removeCategory: (id: Id) => api.delete(inCategory(id)),
  restoreCategory: (id: Id) => api.post<ReplyCategory>(inCategory(id) + '/restore'),
  list: (category: Id, search: string, cursor: string, limit = 50) =>
    api.get<Page<QuickReply>>('/quick-replies', { category_id: category, search, cursor, limit }),
  get: (id: Id) => api.get<QuickReply>(of(id)),
  create: (draft: QuickReplyDraft) => api.post<QuickReply>('/quick-replies', draft),
  change: (id: Id, draft: QuickReplyDraft) => api.put<QuickReply>(of(id), draft),
  remove: (id: Id) => api.delete(of(id)),
  restore: (id: Id) => api.post<QuickReply>(of(id) + '/restore'),
  variables: () => api.get<{ items: Variable[] }>('/quick-reply-variables'),
  suggest: (conversation: Id, search: string, signal?: AbortSignal) =>
    api.get<{ items: QuickReply[] }>(`/conversations/${conversation}/quick-replies`, { search, limit: 30 }, signal),
  use: (conversation: Id, id: Id) => api.post<QuickReply>(`/conversations/${conversation}/quick-replies/${id}/use`),
}
