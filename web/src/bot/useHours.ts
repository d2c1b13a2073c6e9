import { useQuery, useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, type Id } from '@/api'
import type { NumberHours } from '@/api/generated/types.gen'
import { useSettingsForm } from '@/settings/useSettingsForm'
import { changes, formOf, type HoursForm } from './hours'

/** useHours edits the hours of a number; an empty one, or what may not be seen, is not loaded. */
export function useHours(number: () => Id, may: () => boolean = () => true) {
  const { t } = useI18n()
  const cache = useQueryCache()
  const query = useQuery({
    key: () => ['hours', number()],
    query: () => api.get<NumberHours>('/inboxes/' + number() + '/hours'),
    enabled: () => number() !== '' && may(),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const kept = computed(() => query.data.value && formOf(query.data.value))
  const form = useSettingsForm<HoursForm>({
    kept,
    changes,
    async keep(now) {
      const saved = await api.put<NumberHours>('/inboxes/' + number() + '/hours', {
        version: query.data.value!.version,
        ...now,
      })
      Object.assign(now, formOf(saved))
      cache.setQueryData(['hours', number()], saved)
      void cache.invalidateQueries({ key: ['setting-changes'] })
    },
    saved: () => t('hours.saved'),
  })
  return { ...form, kept, hours: query.data, error: query.error, retry: () => query.refetch() }
}
