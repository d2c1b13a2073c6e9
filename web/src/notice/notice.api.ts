import { api, type Id, type NoticeLine, type OwnNotices, type Push } from '@/api'

/** none stands for no conversation: what such a notice is about is found elsewhere. */
export const none = '0'

export const noticeApi = {
  list: async () => (await api.get<{ items: NoticeLine[] }>('/notices')).items,
  /** read says that those of a conversation were read, those of none, or all. */
  read: (conversation: Id | '' = '') =>
    api.post(
      '/notices/read',
      conversation === none ? { others: true } : conversation ? { conversation_id: conversation } : {},
    ),
  settings: () => api.get<OwnNotices>('/notices/settings'),
  push: () => api.get<Push>('/push'),
  subscribe: (browser: { endpoint: string; keys: { p256dh: string; auth: string } }) =>
    api.post<Push>('/push/subscriptions', browser),
  unsubscribe: (id: Id) => api.delete('/push/subscriptions/' + id),
  testPush: () => api.post('/push/test'),
  /** change keeps a person's own choices; what they may choose is not theirs to say. */
  change: (settings: OwnNotices) => api.put<OwnNotices>('/notices/settings', { ...settings, sound_own: undefined }),
}
