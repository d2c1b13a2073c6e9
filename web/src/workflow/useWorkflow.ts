import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, inject, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, type Template } from '@/api'
import type {
  Workflow,
  WorkflowFinding,
  WorkflowPlan,
  WorkflowSummary,
  WorkflowTrigger,
} from '@/api/generated/types.gen'
import { useInboxes } from '@/inbox'
import { useAgents, useAttention, useQueues, useResultWords, useTags } from '@/routing'
import { useSharedForm } from '@/settings/useSharedForm'
import { useSurveys } from '@/survey'
import { active } from '@/template'
import { changesIn, spanOf } from './plan'

const midnight = () => new Date().setHours(0, 0, 0, 0)

/** The workflows of the workspace, by name, with what they did today. */
export const useWorkflows = () =>
  useQuery({
    key: ['workflows'],
    query: async () =>
      (await api.get<{ items: WorkflowSummary[] | null }>('/workflows', { since: String(midnight()) })).items ?? [],
    staleTime: 2_000,
  })

interface Form {
  name: string
  draft: WorkflowPlan
}
const formOf = ({ name, draft }: Workflow): Form => ({ name, draft })

/** useWorkflow edits a workflow: what was kept, what is on the page, saving unless somebody else did meanwhile, switching on and off. */
export function useWorkflow(id: Ref<string>) {
  const { t } = useI18n()
  const cache = useQueryCache()
  const path = () => '/workflows/' + id.value
  const query = useQuery({
    key: () => ['workflow', id.value],
    query: () => api.get<Workflow>(path()),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const take = (workflow: Workflow) => {
    cache.setQueryData(['workflow', id.value], workflow)
    void cache.invalidateQueries({ key: ['workflows'] })
  }
  const kept = computed<Form | undefined>(() => query.data.value && formOf(query.data.value))
  const form = useSharedForm<Form, Workflow>({
    kept,
    changes: changesIn,
    saved: () => t('ui.saved'),
    edited: 'workflow.edited',
    version: () => query.data.value!.revision,
    read: () => api.get<Workflow>(path()),
    write: (now, revision) => api.put<Workflow>(path(), { ...now, revision }),
    part: formOf,
    take,
  })
  return {
    ...form,
    workflow: query.data,
    error: query.error,
    retry: () => query.refetch(),
    /** publish switches on what was saved. */
    publish: () =>
      form.attempt(() => api.post<Workflow>(path() + '/publish', { revision: query.data.value!.revision })),
    turnOff: () => form.attempt(() => api.put<Workflow>(path() + '/switch', { on: false })),
  }
}

interface Choice {
  value: string
  label: string
}

/** Names are what logs speak of, with the words for it. */
interface Names {
  queues: ComputedRef<Choice[]>
  agents: ComputedRef<Choice[]>
  tags: ComputedRef<Choice[]>
  numbers: ComputedRef<Choice[]>
  results: ComputedRef<Choice[]>
}

/** House is all that a workflow can name. */
interface House extends Names {
  surveys: ComputedRef<Choice[]>
  templates: ComputedRef<Template[]>
}

/** useNames reads what the log of a workflow speaks of; whoever answers may see it. */
export function useNames(): Names {
  const words = useResultWords()
  const queues = useQueues()
  const agents = useAgents()
  const tags = useTags()
  const numbers = useInboxes()
  const attention = useAttention()
  return {
    queues: computed(() => (queues.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))),
    agents: computed(() => (agents.data.value ?? []).map((one) => ({ value: one.user_id, label: one.name }))),
    tags: computed(() => (tags.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))),
    numbers: computed(() => (numbers.data.value ?? []).map((one) => ({ value: one.id, label: one.label }))),
    results: computed(() =>
      (attention.data.value?.closing.results ?? []).map((value) => ({ value, label: words(value) })),
    ),
  }
}

/** useHouse reads what workflows of this workspace can name. */
function useHouse(): House {
  const surveys = useSurveys()
  const templates = useQuery({
    key: ['templates', 'all'],
    query: async () => (await api.get<{ items: Template[] | null }>('/templates')).items ?? [],
    staleTime: 60_000,
  })
  return {
    ...useNames(),
    surveys: computed(() =>
      (surveys.data.value?.items ?? [])
        .filter((one) => !one.archived)
        .map((one) => ({ value: one.id, label: one.settings.name })),
    ),
    templates: computed(() => (templates.data.value ?? []).filter(active)),
  }
}

/** Editing is what every card of a workflow needs to know of the house and of what is wrong. */
interface Editing extends House {
  disabled: ComputedRef<boolean>
  findings: ComputedRef<WorkflowFinding[]>
}

const key: InjectionKey<Editing> = Symbol('editing a workflow')

/** provideEditing gives the cards below what they may choose from. */
export function provideEditing(disabled: () => boolean, findings: () => WorkflowFinding[]): Editing {
  const editing = { ...useHouse(), disabled: computed(disabled), findings: computed(findings) }
  provide(key, editing)
  return editing
}

/** useEditing is what provideEditing gave. */
export const useEditing = (): Editing => inject(key)!

/** useErrors gives the words of what is wrong with a field of a step or branch; useful as errorOf(field). */
export function useErrors(at: () => string) {
  const { findings } = useEditing()
  return (field: string) => findings.value.find((one) => one.at === at() && one.field === field)?.text ?? ''
}

/** useSentences says in a sentence when a workflow begins. */
export function useSentences() {
  const { t } = useI18n()
  const span = (minutes: number) => {
    const { unit, n } = spanOf(minutes)
    return t('workflow.span.' + unit, { n }, n)
  }
  const when = (trigger: WorkflowTrigger) => t('workflow.when.' + trigger.kind, { span: span(trigger.minutes ?? 0) })
  return { span, when }
}
