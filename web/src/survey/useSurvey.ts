import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem } from '@/api'
import { differ, useSettingsForm } from '@/settings/useSettingsForm'
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
  // What others save while somebody edits here is not slipped under the edit: the version that was seen stays.
  const seen = ref<number>()
  const kept = computed(() => (isNew.value ? ready() : query.data.value?.settings))
  const form = useSettingsForm<SurveySettings>({
    kept,
    changes: differ,
    async keep(now) {
      const saved = isNew.value
        ? await surveys.create(now)
        : await surveys.save(toValue(id), seen.value ?? query.data.value!.version, now)
      seen.value = undefined
      Object.assign(now, saved.settings)
      if (isNew.value) made.value = saved.id
      take(saved)
    },
    saved: () => t(isNew.value ? 'survey.created' : 'survey.kept'),
  })
  function take(saved: Survey): void {
    cache.setQueryData(['survey', saved.id], saved)
    void cache.invalidateQueries({ key: ['surveys'] })
  }

  const clash = computed(() => {
    const problem = form.problem.value
    return problem?.code.startsWith('survey.edited') ? problem : undefined
  })
  /** keepMine saves over what the other person saved. */
  async function keepMine(): Promise<void> {
    seen.value = Number(clash.value?.params.version)
    await form.save()
  }
  /** takeTheirs shows what the other person saved. */
  async function takeTheirs(): Promise<void> {
    try {
      take(await surveys.read(toValue(id)))
      form.discard()
    } catch (error) {
      form.problem.value = asProblem(error)
    }
  }
  return {
    ...form,
    survey: query.data,
    error: query.error,
    retry: () => query.refetch(),
    isNew,
    made,
    take,
    clash,
    keepMine,
    takeTheirs,
  }
}
