import { api, type Id, type NoticeLine, type NoticeSettings } from '@/api'

export const noticeApi = {
  list: async () => (await api.get<{ items: NoticeLine[] }>('/notices')).items,
  /** read says that those of a conversation were read, those of none ('0'), or all. */
  read: (conversation: Id | '' = '') =>
    api.post(
      '/notices/read',
      conversation === '0' ? { others: true } : conversation ? { conversation_id: conversation } : {},
    ),
  settings: () => api.get<NoticeSettings>('/notices/settings'),
  change: (settings: NoticeSettings) => api.put<NoticeSettings>('/notices/settings', settings),
}
