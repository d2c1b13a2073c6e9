import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, asProblem, type Attention, type Id, type Tag } from '@/api'
import { differ, same, useSettingsForm } from '@/settings/useSettingsForm'
import { useAgents, useAttention, useTags } from './lookups'

/** A tag as it is edited; one that is not kept yet has no id. */
export type TagForm = Pick<Tag, 'id' | 'name' | 'color' | 'suggested'>

/** Form is what the page edits. Capacities are by agent; 0 leaves it to the queues. */
export interface AttentionForm {
  closing: Attention['closing']
  distribution: Attention['distribution']
  capacity: Record<Id, number>
  tags: TagForm[]
}

/** changes counts the fields in which two forms differ. */
export function changes(a: AttentionForm, b: AttentionForm): number {
  return (
    differ(a.closing, b.closing) +
    differ(a.distribution, b.distribution) +
    differ(a.capacity, b.capacity) +
    differ(a.tags, b.tags)
  )
}

const tagForm = ({ id, name, color, suggested }: Tag): TagForm => ({ id, name, color, suggested })
const byName = (a: TagForm, b: TagForm) => a.name.localeCompare(b.name)

/** keepTag keeps a tag that is new or was changed; what is wrong with it stands on its line. */
async function keepTag(tags: TagForm[], at: number, before: TagForm[]): Promise<void> {
  const { id, ...tag } = tags[at]!
  if (same(tags[at], id && before.find((one) => one.id === id))) return
  try {
    tags[at] = tagForm(await (id ? api.put<Tag>('/tags/' + id, tag) : api.post<Tag>('/tags', tag)))
  } catch (error) {
    const problem = asProblem(error)
    throw problem.field ? Object.assign(problem, { field: 'tags.' + at }) : problem
  }
}

/** useAttentionForm edits the settings of attention: what was kept, what is on the page, and saving the difference. */
export function useAttentionForm() {
  const { t } = useI18n()
  const settings = useAttention()
  const agents = useAgents()
  const tags = useTags()
  const kept = computed<AttentionForm | undefined>(() => {
    if (!settings.data.value || !agents.data.value || !tags.data.value) return undefined
    const { closing, distribution } = settings.data.value
    const capacity = Object.fromEntries(agents.data.value.map((agent) => [agent.user_id, agent.own_capacity]))
    return { closing, distribution, capacity, tags: tags.data.value.map(tagForm).sort(byName) }
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
      for (const at of now.tags.keys()) await keepTag(now.tags, at, before.tags)
      now.tags.sort(byName)
      await retry()
    },
    saved: () => t('ui.saved'),
  })
  const error = computed(() => settings.error.value ?? agents.error.value ?? tags.error.value)
  const retry = () => Promise.all([settings.refetch(), agents.refetch(), tags.refetch()])

  return { ...page, agents, error, retry }
}
