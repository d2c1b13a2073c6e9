import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem } from '@/api'
import { campaigns } from './campaign.api'
import type { RouteCheck } from './campaign.types'

const rest = 350

/**
 * useAgentCheck asks the server, while an e-mail is being typed, whether replies can go to that person. An answer to
 * letters since changed is dropped. What cannot be asked now is not held against the e-mail: sending asks again.
 */
export function useAgentCheck(id: string, email: Ref<string>) {
  const result = shallowRef<RouteCheck>()
  const asking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(wanted: string): Promise<void> {
    const mine = ++turn
    try {
      const answer = await campaigns.routeCheck(id, { target: 'agent', email: wanted })
      if (mine === turn) result.value = answer
    } catch (error) {
      const problem = asProblem(error)
      if (mine === turn) result.value = problem.passing ? undefined : { ok: false, words: problem.message }
    } finally {
      if (mine === turn) asking.value = false
    }
  }

  watch(
    email,
    (text) => {
      clearTimeout(timer)
      turn++
      result.value = undefined
      const wanted = text.trim()
      asking.value = wanted.includes('@')
      if (asking.value) timer = setTimeout(() => void ask(wanted), rest)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { result, asking }
}
