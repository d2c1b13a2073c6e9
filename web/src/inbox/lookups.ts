import { defineQuery, useQuery } from '@pinia/colada'
import { api, type Inbox } from '@/api'

/** The numbers the person reaches. */
export const useInboxes = defineQuery(() =>
  useQuery({
    key: ['inboxes'],
    query: async () => (await api.get<{ items: Inbox[] | null }>('/inboxes')).items ?? [],
    staleTime: 60_000,
  }),
)
