import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, asProblem } from '@/api'
import type { Brain, Flow, FlowEntrances, FlowFlow, FlowSummary } from '@/api/generated/types.gen'
import { useSettingsForm } from '@/settings/useSettingsForm'
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
  const seen = ref<number>()
  const kept = computed<Form | undefined>(
    () => query.data.value && { name: query.data.value.name, draft: query.data.value.draft },
  )
  const form = useSettingsForm<Form>({
    kept,
    changes: changesIn,
    async keep(now) {
      const saved = await api.put<Flow>(path(), { ...now, revision: seen.value ?? query.data.value!.revision })
      seen.value = undefined
      now.name = saved.name
      now.draft = JSON.parse(JSON.stringify(saved.draft)) as FlowFlow
      take(saved)
    },
    saved: () => t('ui.saved'),
  })
  const clash = computed(() => {
    const problem = form.problem.value
    return problem?.code.startsWith('flow.edited') ? problem : undefined
  })
  /** keepMine saves over what the other person saved; takeTheirs shows theirs. */
  async function keepMine(): Promise<void> {
    seen.value = Number(clash.value?.params.version)
    await form.save()
  }
  async function takeTheirs(): Promise<void> {
    try {
      take(await api.get<Flow>(path()))
      form.discard()
    } catch (error) {
      form.problem.value = asProblem(error)
    }
  }
  /** publish lets new conversations begin with what was saved. */
  async function publish(): Promise<boolean> {
    form.problem.value = undefined
    try {
      take(await api.post<Flow>(path() + '/publish', { revision: query.data.value!.revision }))
      return true
    } catch (error) {
      form.problem.value = asProblem(error)
      return false
    }
  }
  return {
    ...form,
    flow: query.data,
    error: query.error,
    retry: () => query.refetch(),
    clash,
    keepMine,
    takeTheirs,
    publish,
  }
}
