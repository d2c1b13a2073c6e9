import { defineQuery, useQuery } from '@pinia/colada'
import { computed } from 'vue'
import { api, type Channel, type Inbox } from '@/api'

/** The numbers the person reaches. */
export const useInboxes = defineQuery(() =>
  useQuery({
    key: ['inboxes'],
    query: async () => (await api.get<{ items: Inbox[] | null }>('/inboxes')).items ?? [],
    staleTime: 60_000,
  }),
)

/** useConnected tells whether a number is properly connected to WhatsApp, so that active messages can be sent (A07). */
export function useConnected() {
  const { data } = useInboxes()
  return computed(() => data.value?.some((box) => box.channel === 'whatsapp' && box.proper))
}

const useChannelList = defineQuery(() =>
  useQuery({
    key: ['channels'],
    query: async () => (await api.get<{ items: Channel[] | null }>('/channels')).items ?? [],
    staleTime: 3_600_000,
  }),
)

/** useChannels tells what each channel can carry; of is undefined until it is known. */
export function useChannels() {
  const { data } = useChannelList()
  const known = computed(() => new Map((data.value ?? []).map((one) => [one.channel, one])))
  return { of: (channel: string) => known.value.get(channel) }
}
