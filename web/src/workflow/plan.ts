import type { WorkflowBranch, WorkflowCondition, WorkflowPlan, WorkflowStep } from '@/api/generated/types.gen'
import { newId } from '@/flow/blocks'

/** What starts a workflow, in the order it is offered. */
export const triggers = [
  'ticket_opened',
  'message_received',
  'ticket_waiting',
  'customer_silent',
  'ticket_assigned',
  'tag_added',
  'ticket_closed',
] as const

/** What a step can do, in the order it is offered. */
export const kinds = [
  'assign',
  'add_tags',
  'remove_tags',
  'say',
  'template',
  'survey',
  'wait',
  'check',
  'keep',
  'webhook',
  'close',
] as const

/** What a condition looks at, with how it can be compared. */
export const looks: Record<WorkflowCondition['kind'], WorkflowCondition['op'][]> = {
  hours: ['open', 'closed'],
  text: ['contains', 'contains_not'],
  queue: ['is', 'is_not'],
  holder: ['is', 'is_not'],
  agent: ['is', 'is_not'],
  tag: ['is', 'is_not'],
  attribute: ['is', 'is_not', 'contains', 'above', 'under', 'filled', 'empty'],
  number: ['is', 'is_not'],
  window: ['open', 'closed'],
  wrote: ['is', 'is_not'],
  waiting: ['is', 'is_not'],
  channel: ['is', 'is_not'],
}

export const holders = ['agent', 'queue', 'bot', 'nobody'] as const

/** listed tells whether a condition names things of the workspace. */
export const listed = (kind: WorkflowCondition['kind']): kind is 'queue' | 'tag' | 'number' | 'agent' =>
  ['queue', 'tag', 'number', 'agent'].includes(kind)

/** newCondition is a condition of a kind before anything was chosen in it. */
export function newCondition(kind: WorkflowCondition['kind']): WorkflowCondition {
  const one: WorkflowCondition = { kind, op: looks[kind][0]! }
  if (kind === 'holder') one.value = 'agent'
  if (kind === 'channel') one.value = 'whatsapp'
  if (listed(kind)) one.ids = []
  return one
}

/** newStep is a step of a kind before anything was chosen in it. */
export function newStep(kind: WorkflowStep['kind']): WorkflowStep {
  const step: WorkflowStep = { id: newId(), kind }
  if (kind === 'assign') step.to = 'least_busy'
  if (kind === 'wait') step.minutes = 10
  if (kind === 'check') step.conditions = [newCondition('wrote')]
  if (kind === 'webhook') step.request = { method: 'POST', url: 'https://' }
  if (kind === 'add_tags' || kind === 'remove_tags') step.tag_ids = []
  return step
}

/** newBranch is one more way to go, with a condition, since without one it always holds. */
export const newBranch = (always: boolean): WorkflowBranch => ({
  id: newId(),
  match: 'all',
  conditions: always ? [] : [newCondition('hours')],
  steps: [],
})

/** moveStep moves a step up or down, over the edge of its branch into the next one, and gives where it is then. */
export function moveStep(branches: WorkflowBranch[], branch: number, at: number, by: number): [number, number] {
  const steps = branches[branch]!.steps!
  const to = at + by
  const [step] = steps.splice(at, 1)
  if (to >= 0 && to <= steps.length) {
    steps.splice(to, 0, step!)
    return [branch, to]
  }
  const next = branches[branch + by]
  if (!next) {
    steps.splice(at, 0, step!)
    return [branch, at]
  }
  const place = by < 0 ? next.steps!.length : 0
  next.steps!.splice(place, 0, step!)
  return [branch + by, place]
}

/** changesIn counts what is not the same in two forms of a workflow: its name, its trigger, each branch and each step. */
export function changesIn(a: { name: string; draft: WorkflowPlan }, b: { name: string; draft: WorkflowPlan }): number {
  const texts = (plan: WorkflowPlan) => [
    JSON.stringify(plan.trigger),
    ...(plan.branches ?? []).flatMap((one) => [
      JSON.stringify({ ...one, steps: [] }),
      ...(one.steps ?? []).map((step) => one.id + JSON.stringify(step)),
    ]),
  ]
  const [one, other] = [texts(a.draft), texts(b.draft)]
  const unlike = Array.from({ length: Math.max(one.length, other.length) }, (_, i) => one[i] !== other[i])
  return unlike.filter(Boolean).length + Number(a.name !== b.name)
}

/** spanOf splits minutes into what people say: days, hours or minutes, whichever is whole. */
export function spanOf(minutes: number): { unit: 'days' | 'hours' | 'minutes'; n: number } {
  if (minutes > 0 && minutes % 1440 === 0) return { unit: 'days', n: minutes / 1440 }
  if (minutes > 0 && minutes % 60 === 0) return { unit: 'hours', n: minutes / 60 }
  return { unit: 'minutes', n: minutes }
}
