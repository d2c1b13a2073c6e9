import { ref, shallowRef, watch } from 'vue'
import { asProblem, type HistoryTicket, type Problem } from '@/api'
import { history, type Filter } from './history.api'

const pause = 250

/** useHistory gives the tickets of a filter, page by page. Only the last question counts. */
export function useHistory(filter: () => Filter) {
  const rows = shallowRef<HistoryTicket[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0

  async function ask(cursor: string): Promise<void> {
    const mine = cursor ? turn : ++turn
    loading.value = true
    problem.value = undefined
    try {
      const page = await history.list(filter(), cursor)
      if (mine !== turn) return
      rows.value = cursor ? [...rows.value, ...page.items] : page.items
      next.value = page.next
      loaded.value = true
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(filter, (now, before) => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(''), now.q === before.q ? 0 : pause)
  })
  void ask('')
  return { rows, next, loading, loaded, problem, load: () => ask(''), more: () => ask(next.value) }
}
