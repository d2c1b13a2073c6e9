import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import { useI18n } from 'vue-i18n'
import type { FlowBlock, FlowFinding } from '@/api/generated/types.gen'
import { useAgents, useQueues } from '@/routing'
import { titleOf } from './blocks'
import { useBrains, useFlows } from './useFlow'

interface Choice {
  value: string
  label: string
}

/** Editing is what every card of a flow needs to know of the others and of the house. */
export interface Editing {
  disabled: ComputedRef<boolean>
  blocks: ComputedRef<FlowBlock[]>
  targets: ComputedRef<Choice[]>
  queues: ComputedRef<Choice[]>
  agents: ComputedRef<Choice[]>
  flows: ComputedRef<Choice[]>
  brains: ComputedRef<Choice[]>
  findings: ComputedRef<FlowFinding[]>
}

const key: InjectionKey<Editing> = Symbol('editing a flow')

/** provideEditing gives the cards below what they may choose from. */
export function provideEditing(
  id: () => string,
  blocks: () => FlowBlock[],
  disabled: () => boolean,
  findings: () => FlowFinding[],
): Editing {
  const { t } = useI18n()
  const queues = useQueues()
  const agents = useAgents()
  const flows = useFlows()
  const brains = useBrains()
  const editing: Editing = {
    disabled: computed(disabled),
    blocks: computed(blocks),
    findings: computed(findings),
    targets: computed(() => [
      { value: 'people', label: t('flow.to.people') },
      { value: 'end', label: t('flow.to.end') },
      { value: 'back', label: t('flow.to.back') },
      ...blocks().map((block, at) => ({ value: block.id, label: titleOf(block, at, t('flow.kinds.' + block.kind)) })),
    ]),
    queues: computed(() => (queues.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))),
    agents: computed(() => (agents.data.value ?? []).map((one) => ({ value: one.user_id, label: one.name }))),
    brains: computed(() => (brains.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))),
    flows: computed(() =>
      (flows.data.value ?? [])
        .filter((one) => one.published > 0 && one.id !== id())
        .map((one) => ({ value: one.id, label: one.name })),
    ),
  }
  provide(key, editing)
  return editing
}

/** useEditing is what provideEditing gave. */
export const useEditing = (): Editing => inject(key)!

/** useErrors gives the words of what is wrong with a field of a block. */
export function useErrors(block: () => FlowBlock) {
  const { findings } = useEditing()
  return (field: string) => findings.value.find((one) => one.block === block().id && one.field === field)?.text ?? ''
}
