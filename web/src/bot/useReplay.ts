import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api'

const pause = 400

/** What is played: how it begins, how it is made ready for the first step, and one step that adds to what is shown. */
interface Play<Input, Line> {
  first: () => Input
  reset: () => void
  /** step is told how to see whether a newer play has begun meanwhile: then what it learned is left. */
  step: (input: Input, shown: Line[], stale: () => boolean) => Promise<void>
}

/**
 * useReplay plays something the server makes step by step, with settings that need not be saved. When the settings change, the same
 * play is given again with them. problem is what is wrong with the settings.
 */
export function useReplay<Input, Line>(settings: Ref<unknown>, play: Play<Input, Line>) {
  const lines = ref([]) as Ref<Line[]>
  const problem = ref<Problem>()
  const busy = ref(false)
  let inputs = [play.first()]
  let run = 0

  async function give(wanted: Input[], shown: Line[], current: number): Promise<void> {
    busy.value = true
    try {
      for (const input of wanted) {
        await play.step(input, shown, () => current !== run)
        if (current !== run) return
      }
      problem.value = undefined
      lines.value = shown
    } catch (error) {
      if (current === run) problem.value = asProblem(error)
    } finally {
      if (current === run) busy.value = false
    }
  }

  /** replay gives the whole play again. */
  function replay(): Promise<void> {
    play.reset()
    return give(inputs, [], ++run)
  }
  function restart(): Promise<void> {
    inputs = [play.first()]
    return replay()
  }
  /** act goes on by one step. */
  async function act(input: Input): Promise<void> {
    if (busy.value) return
    inputs.push(input)
    await give([input], [...lines.value], run)
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(settings.value),
    (now, before) => {
      clearTimeout(timer)
      if (now) timer = setTimeout(replay, before ? pause : 0)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    run++
  })
  return { lines, problem, busy, restart, act }
}
