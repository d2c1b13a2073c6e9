import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { asProblem, type Archive, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { archives, type Wanted } from './history.api'

/** How often one that is being made is asked how far it is, in milliseconds. */
const pause = 1500

/** useArchives are the ZIPs this person asked for, those being made among them. */
export function useArchives() {
  const items = shallowRef<Archive[]>([])
  const problem = shallowRef<Problem>()
  const busy = ref(false)
  const running = computed(() => items.value.some((one) => one.state === 'running'))
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  async function load(): Promise<void> {
    clearTimeout(timer)
    try {
      items.value = await archives.list()
      problem.value = undefined
    } catch (error) {
      problem.value = asProblem(error)
    }
    if (running.value && !over) timer = setTimeout(load, pause)
  }

  async function make(wanted: Wanted): Promise<void> {
    busy.value = true
    try {
      await archives.make(wanted)
      await load()
    } finally {
      busy.value = false
    }
  }

  async function remove(id: Id): Promise<void> {
    await archives.remove(id)
    await load()
  }

  useLive().on('notice', (fact) => fact.state.startsWith('archive') && void load())
  useLive().onRefetch(() => void load())
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })
  return { items, problem, busy, load, make, remove }
}
