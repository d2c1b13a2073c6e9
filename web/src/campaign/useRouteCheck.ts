import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem } from '@/api'
import { campaigns, type RouteWish } from './campaign.api'
import type { RouteCheck } from './campaign.types'

const rest = 350

/**
 * useRouteCheck asks the server, while a goal of replies is being chosen, whether they can go there. An answer to a wish since changed is
 * dropped. What cannot be asked now is not held against the wish: sending asks again.
 */
export function useRouteCheck(id: string, wish: Ref<RouteWish | undefined>) {
  const result = shallowRef<RouteCheck>()
  const asking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function ask(wanted: RouteWish): Promise<void> {
    const mine = ++turn
    try {
      const answer = await campaigns.routeCheck(id, wanted)
      if (mine === turn) result.value = answer
    } catch (error) {
      const problem = asProblem(error)
      if (mine === turn) result.value = problem.passing ? undefined : { ok: false, words: problem.message }
    } finally {
      if (mine === turn) asking.value = false
    }
  }

  watch(
    () => JSON.stringify(wish.value),
    () => {
      clearTimeout(timer)
      turn++
      result.value = undefined
      const wanted = wish.value
      asking.value = wanted !== undefined
      if (wanted) timer = setTimeout(() => void ask(wanted), rest)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return { result, asking }
}
