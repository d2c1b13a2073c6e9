import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { differ } from '@/settings/useSettingsForm'
import { useSharedForm } from '@/settings/useSharedForm'
import { surveys, type Survey, type SurveySettings } from './survey.api'

/** All surveys, the numbers whose services they follow, and what is ready to use. */
export const useSurveys = () => useQuery({ key: ['surveys'], query: surveys.list, staleTime: 10_000 })

/** The id of a survey that is not kept yet. */
export const fresh = 'new'

/**
 * useSurvey edits a survey: what was kept, what is on the page, and saving it unless somebody else did meanwhile. A new one begins with
 * what is ready to use; keep gives it its id.
 */
export function useSurvey(id: MaybeRefOrGetter<string>, ready: () => SurveySettings | undefined) {
  const { t } = useI18n()
  const cache = useQueryCache()
  const made = ref('')
  const isNew = computed(() => toValue(id) === fresh)
  const query = useQuery({
    key: () => ['survey', toValue(id)],
    query: () => surveys.read(toValue(id)),
    enabled: () => !isNew.value,
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const kept = computed(() => (isNew.value ? ready() : query.data.value?.settings))
  const form = useSharedForm<SurveySettings, Survey>({
    kept,
    changes: differ,
    saved: () => t(isNew.value ? 'survey.created' : 'survey.kept'),
    edited: 'survey.edited',
    version: () => query.data.value?.version ?? 0,
    read: () => surveys.read(toValue(id)),
    async write(now, version) {
      if (!isNew.value) return surveys.save(toValue(id), version, now)
      const created = await surveys.create(now)
      made.value = created.id
      return created
    },
    part: (whole) => whole.settings,
    take,
  })
  function take(saved: Survey): void {
    cache.setQueryData(['survey', saved.id], saved)
    void cache.invalidateQueries({ key: ['surveys'] })
  }
  return {
    ...form,
    survey: query.data,
    error: query.error,
    retry: () => query.refetch(),
    isNew,
    made,
    take,
  }
}
