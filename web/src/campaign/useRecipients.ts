import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { campaigns } from './campaign.api'
import type { Recipient } from './campaign.types'
import { atMost } from './throttle'

const pause = 2000
const pageSize = 50

/** useRecipients gives the people of a campaign in a state, a page at a time; anew when the filter or the version moves. */
export function useRecipients(id: Id, state: Ref<string>, version: Ref<unknown>) {
  const rows = shallowRef<Recipient[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0

  async function ask(cursor: string, before: Recipient[]): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const page = await campaigns.recipients(id, state.value, cursor)
      if (mine !== turn) return
      rows.value = [...before, ...page.items]
      next.value = page.next
      loaded.value = true
      problem.value = undefined
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const load = () => ask('', [])
  const more = () => ask(next.value, rows.value)
  watch(state, () => {
    rows.value = []
    loaded.value = false
    void load()
  })
  /** again brings the first page up to date; once people read on, the list stands still. */
  const again = atMost(pause, () => rows.value.length <= pageSize && !loading.value && load())
  watch(version, again)
  void load()
  return { rows, next, loading, loaded, problem, load, more }
}
