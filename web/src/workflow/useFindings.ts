import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api } from '@/api'
import type { WorkflowFinding, WorkflowPlan } from '@/api/generated/types.gen'

const rest = 400

/**
 * useFindings tells what is wrong with a draft while it is written: the server is asked once the person rests. Until it answers, and
 * when it cannot, what was last known stays; saving brings what is wrong with what was saved.
 */
export function useFindings(
  id: Ref<string>,
  draft: () => WorkflowPlan | undefined,
  saved: () => WorkflowFinding[] | null | undefined,
) {
  const asked = ref<WorkflowFinding[]>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(mine: number): Promise<void> {
    try {
      const { items } = await api.post<{ items: WorkflowFinding[] | null }>(`/workflows/${id.value}/check`, {
        draft: draft(),
      })
      if (mine === turn) asked.value = items ?? []
    } catch {
      // saving says what is wrong with the connection
    }
  }

  watch(
    () => JSON.stringify(draft()),
    (now, before) => {
      clearTimeout(timer)
      turn++
      if (now && before) timer = setTimeout(() => void ask(turn), rest)
    },
  )
  watch(saved, () => (asked.value = undefined))
  onScopeDispose(() => {
    clearTimeout(timer)
    turn++
  })
  return computed(() => asked.value ?? saved() ?? [])
}
