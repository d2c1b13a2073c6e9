import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api'
import type { Brain, Flow, FlowEntrances, FlowFlow, FlowSummary } from '@/api/generated/types.gen'
import { useSharedForm } from '@/settings/useSharedForm'
import { changesIn } from './blocks'

/** The flows of the workspace, by name. */
export const useFlows = () =>
  useQuery({
    key: ['flows'],
    query: async () => (await api.get<{ items: FlowSummary[] | null }>('/flows')).items ?? [],
    staleTime: 5_000,
  })

/** Published flows with the blocks that replies can be sent to, by name. Whoever sends may see them. */
export const useEntrances = () =>
  useQuery({
    key: ['flow-entrances'],
    query: async () => (await api.get<{ items: FlowEntrances[] | null }>('/flow-entrances')).items ?? [],
    staleTime: 5_000,
  })

/** The outside brains of the workspace, by name. */
export const useBrains = () =>
  useQuery({
    key: ['brains'],
    query: async () => (await api.get<{ items: Brain[] | null }>('/brains')).items ?? [],
    staleTime: 5_000,
  })

interface Form {
  name: string
  draft: FlowFlow
}
const formOf = ({ name, draft }: Flow): Form => ({ name, draft })

/** useFlow edits a flow: what was kept, what is on the page, saving unless somebody else did meanwhile, and publishing. */
export function useFlow(id: Ref<string>) {
  const { t } = useI18n()
  const cache = useQueryCache()
  const path = () => '/flows/' + id.value
  const query = useQuery({
    key: () => ['flow', id.value],
    query: () => api.get<Flow>(path()),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const take = (flow: Flow) => {
    cache.setQueryData(['flow', id.value], flow)
    void cache.invalidateQueries({ key: ['flows'] })
  }
  const kept = computed<Form | undefined>(() => query.data.value && formOf(query.data.value))
  const form = useSharedForm<Form, Flow>({
    kept,
    changes: changesIn,
    saved: () => t('ui.saved'),
    edited: 'flow.edited',
    version: () => query.data.value!.revision,
    read: () => api.get<Flow>(path()),
    write: (now, revision) => api.put<Flow>(path(), { ...now, revision }),
    part: formOf,
    take,
  })
  return {
    ...form,
    flow: query.data,
    error: query.error,
    retry: () => query.refetch(),
    /** publish lets new conversations begin with what was saved. */
    publish: () => form.attempt(() => api.post<Flow>(path() + '/publish', { revision: query.data.value!.revision })),
  }
}
