import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, type Attention, type Id } from '@/api'
import { differ, same, useSettingsForm } from '@/settings/useSettingsForm'
import { useAgents, useAttention } from './lookups'

/** Form is what the page edits. Capacities are by agent; 0 leaves it to the queues. */
export interface AttentionForm {
  closing: Attention['closing']
  distribution: Attention['distribution']
  capacity: Record<Id, number>
}

/** changes counts the fields in which two forms differ. */
export function changes(a: AttentionForm, b: AttentionForm): number {
  return differ(a.closing, b.closing) + differ(a.distribution, b.distribution) + differ(a.capacity, b.capacity)
}

/** useAttentionForm edits the settings of attention: what was kept, what is on the page, and saving the difference. */
export function useAttentionForm() {
  const { t } = useI18n()
  const settings = useAttention()
  const agents = useAgents()
  const kept = computed<AttentionForm | undefined>(() => {
    if (!settings.data.value || !agents.data.value) return undefined
    const { closing, distribution } = settings.data.value
    const capacity = Object.fromEntries(agents.data.value.map((agent) => [agent.user_id, agent.own_capacity]))
    return { closing, distribution, capacity }
  })
  const page = useSettingsForm<AttentionForm>({
    kept,
    changes,
    async keep(now, before) {
      if (!same(now.closing, before.closing)) now.closing = await api.put('/attention/closing', now.closing)
      if (!same(now.distribution, before.distribution))
        now.distribution = await api.put('/attention/distribution', now.distribution)
      for (const [id, capacity] of Object.entries(now.capacity))
        if (capacity !== before.capacity[id]) await api.put(`/agents/${id}/capacity`, { capacity })
      await retry()
    },
    saved: () => t('attention.saved'),
  })
  const error = computed(() => settings.error.value ?? agents.error.value)
  const retry = () => Promise.all([settings.refetch(), agents.refetch()])

  return { ...page, agents, error, retry }
}
