import { useQuery } from '@pinia/colada'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, asProblem, type Problem } from '@/api'
import type { CampaignPolicy, ContactKeywords } from '@/api/generated/types.gen'
import { notify } from '@/ui'

/** The languages words of consent are kept in. */
export const keywordLanguages = ['es', 'pt', 'en'] as const

/** SendingForm is what the page edits. */
export interface SendingForm {
  keywords: ContactKeywords
  policy: CampaignPolicy
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** changes counts the fields in which two forms differ; the words of a language are one field. */
export function changes(a: SendingForm, b: SendingForm): number {
  const differ = (x: object, y: object): number =>
    Object.entries({ ...y, ...x }).filter(([key]) => !same(x[key as never], y[key as never])).length
  const { stop: stopA, start: startA, ...restA } = a.keywords
  const { stop: stopB, start: startB, ...restB } = b.keywords
  return differ(restA, restB) + differ(stopA, stopB) + differ(startA, startB) + differ(a.policy, b.policy)
}

/** useSendingForm edits what holds for all active messages: what was kept, what is on the page, and saving the difference. */
export function useSendingForm() {
  const { t } = useI18n()
  const settings = useQuery({
    key: ['sending-settings'],
    query: async (): Promise<SendingForm> => {
      const [keywords, policy] = await Promise.all([
        api.get<ContactKeywords>('/consent-keywords'),
        api.get<CampaignPolicy>('/campaign-policy'),
      ])
      return { keywords, policy }
    },
    staleTime: 30_000,
  })
  const form = ref<SendingForm>()
  const busy = ref(false)
  const problem = ref<Problem>()
  const kept = settings.data
  const changed = computed(() => (form.value && kept.value ? changes(form.value, kept.value) : 0))
  const copy = () => (form.value = kept.value && (JSON.parse(JSON.stringify(kept.value)) as SendingForm))
  // What others change while nothing is being edited here is taken over.
  watch(kept, (_, before) => (!form.value || (before && changes(form.value, before) === 0)) && copy(), {
    immediate: true,
  })

  function discard(): void {
    problem.value = undefined
    copy()
  }

  async function save(): Promise<boolean> {
    const now = form.value
    const before = kept.value
    if (!now || !before || busy.value) return false
    busy.value = true
    problem.value = undefined
    try {
      if (!same(now.keywords, before.keywords)) now.keywords = await api.put('/consent-keywords', now.keywords)
      if (!same(now.policy, before.policy)) now.policy = await api.put('/campaign-policy', now.policy)
      await settings.refetch()
      notify(t('sending.saved'))
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** errorOf gives the words of what is wrong with a field. */
  const errorOf = (field: string) => (problem.value?.field === field ? problem.value.message : '')

  return {
    form,
    changed,
    busy,
    problem,
    error: settings.error,
    retry: () => settings.refetch(),
    errorOf,
    discard,
    save,
  }
}
