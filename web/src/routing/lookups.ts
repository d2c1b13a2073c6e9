import { defineQuery, useQuery, useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import { api, type Agent, type Attention, type Id, type Queue, type Tag } from '@/api'
import { useLive } from '@/live'

const fresh = 30_000

/** The agents of the workspace with their availability, kept true by facts. */
export const useAgents = defineQuery(() => {
  const query = useQuery({
    key: ['agents'],
    query: async () => (await api.get<{ items: Agent[] | null }>('/agents')).items ?? [],
    staleTime: fresh,
  })
  const cache = useQueryCache()
  useLive().on('availability', (fact) => {
    const agents = query.data.value
    if (!agents) return
    const change = { availability: fact.state, online: fact.online, reason: fact.reason ?? '' }
    cache.setQueryData(
      ['agents'],
      agents.map((agent) => (agent.user_id === fact.user_id ? { ...agent, ...change } : agent)),
    )
  })
  return query
})

/** The queues of the workspace. */
export const useQueues = defineQuery(() =>
  useQuery({
    key: ['queues'],
    query: async () => (await api.get<{ items: Queue[] | null }>('/queues')).items ?? [],
    staleTime: fresh,
  }),
)

/** useQueueName gives a queue's name by id; empty while it is not known. */
export function useQueueName(): (id: string) => string {
  const queues = useQueues()
  const names = computed(() => new Map((queues.data.value ?? []).map((queue) => [queue.id, queue.name])))
  return (id) => names.value.get(id) ?? ''
}

/** How the workspace hands out and closes tickets. */
export const useAttention = defineQuery(() =>
  useQuery({ key: ['attention'], query: () => api.get<Attention>('/attention'), staleTime: fresh }),
)

/** useAttentionAt gives how tickets of some numbers are closed and given away: what holds for all of them together. */
export function useAttentionAt(numbers: () => Id[]) {
  const known = () => [...new Set(numbers())].sort()
  const query = useQuery({
    key: () => ['attention', 'at', ...known()],
    query: () => api.get<Attention>('/attention?inbox_ids=' + known().join(',')),
    enabled: () => numbers().length > 0,
    staleTime: fresh,
  })
  useLive().on('attention', () => void (numbers().length && query.refetch()))
  return query
}

/** The tags of the workspace, the suggested ones first. */
export const useTags = defineQuery(() =>
  useQuery({
    key: ['tags'],
    query: async () => (await api.get<{ items: Tag[] }>('/tags')).items.toSorted(suggestedFirst),
    staleTime: fresh,
  }),
)

const suggestedFirst = (a: Tag, b: Tag) => Number(b.suggested) - Number(a.suggested)
