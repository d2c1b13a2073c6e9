import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem, api, type Attention, type Id, type Problem } from '@/api'
import { notify } from '@/ui'
import { useAgents, useAttention } from './lookups'

/** Form is what the page edits. Capacities are by agent; 0 leaves it to the queues. */
export interface AttentionForm {
  closing: Attention['closing']
  distribution: Attention['distribution']
  capacity: Record<Id, number>
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** changes counts the fields in which two forms differ. */
export function changes(a: AttentionForm, b: AttentionForm): number {
  const differ = <T extends object>(x: T, y: T) =>
    (Object.keys({ ...x, ...y }) as (keyof T)[]).filter((key) => !same(x[key], y[key])).length
  return differ(a.closing, b.closing) + differ(a.distribution, b.distribution) + differ(a.capacity, b.capacity)
}

/** useAttentionForm edits the settings of attention: what was kept, what is on the page, and saving the difference. */
export function useAttentionForm() {
  const { t } = useI18n()
  const settings = useAttention()
  const agents = useAgents()
  const form = ref<AttentionForm>()
  const busy = ref(false)
  const problem = ref<Problem>()

  const kept = computed<AttentionForm | undefined>(() => {
    if (!settings.data.value || !agents.data.value) return undefined
    const { closing, distribution } = settings.data.value
    const capacity = Object.fromEntries(agents.data.value.map((agent) => [agent.user_id, agent.own_capacity]))
    return { closing, distribution, capacity }
  })
  const changed = computed(() => (form.value && kept.value ? changes(form.value, kept.value) : 0))
  const copy = () => (form.value = kept.value && (JSON.parse(JSON.stringify(kept.value)) as AttentionForm))
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
      if (!same(now.closing, before.closing)) now.closing = await api.put('/attention/closing', now.closing)
      if (!same(now.distribution, before.distribution))
        now.distribution = await api.put('/attention/distribution', now.distribution)
      for (const [id, capacity] of Object.entries(now.capacity))
        if (capacity !== before.capacity[id]) await api.put(`/agents/${id}/capacity`, { capacity })
      await Promise.all([settings.refetch(), agents.refetch()])
      notify(t('attention.saved'))
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
  const error = computed(() => settings.error.value ?? agents.error.value)
  const retry = () => Promise.all([settings.refetch(), agents.refetch()])

  return { form, agents, changed, busy, problem, error, retry, errorOf, discard, save }
}
