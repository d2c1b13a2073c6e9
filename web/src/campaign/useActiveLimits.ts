import { defineQuery, useQuery } from '@pinia/colada'
import { computed } from 'vue'
import { useSession } from '@/account'
import { api, type Id } from '@/api'
import type { ActiveLimit } from '@/api/generated/types.gen'
import { useConnected, useInboxes } from '@/inbox'
import { useLive } from '@/live'

/** How many people one writes to first in one go, by number; 0: not from this one. It follows the settings as they change. */
export const useActiveLimits = defineQuery(() => {
  const query = useQuery({
    key: ['active', 'limits'],
    query: async () => (await api.get<{ items: ActiveLimit[] | null }>('/active-messages/limits')).items ?? [],
    staleTime: 60_000,
  })
  useLive().on('attention', () => void query.refetch())
  useLive().onRefetch(() => void query.refetch())
  return query
})

/** useActive tells from which numbers a person writes first, and whether from any: one's own, connected, that allow it. */
export function useActive() {
  const session = useSession()
  const inboxes = useInboxes()
  const limits = useActiveLimits()
  const limitOf = (id: Id) => limits.data.value?.find((one) => one.inbox_id === id)?.people ?? 0
  const connected = useConnected()
  const numbers = computed(() =>
    (inboxes.data.value ?? []).filter((box) => box.channel === 'whatsapp' && box.mine && limitOf(box.id) > 0),
  )
  /** Who has no number of their own reads why in the dialog; where every number of theirs says no, nothing is offered. */
  const may = computed(
    () =>
      session.has('reply') &&
      connected.value === true &&
      (numbers.value.length > 0 || !inboxes.data.value?.some((box) => box.channel === 'whatsapp' && box.mine)),
  )
  return { numbers, limitOf, may }
}
