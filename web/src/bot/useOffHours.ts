import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, asProblem, type Id, type Page, type Problem } from '@/api'
import type { OffHoursContact } from '@/api/generated/types.gen'
import { useLive } from '@/live'

/** OffHoursFilter narrows the list of who wrote outside the hours. Empty texts mean all. */
export interface OffHoursFilter {
  q: string
  n: Id
  show: string
}

const pageSize = 50
const most = 200
const typing = 250
const settle = 300

/** useOffHours gives who wrote outside the hours, page by page, and keeps what is shown up to date. Only the last question counts. */
export function useOffHours(filter: () => OffHoursFilter) {
  const rows = shallowRef<OffHoursContact[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0

  async function ask(cursor: string, limit = pageSize): Promise<void> {
    const mine = cursor ? turn : ++turn
    const { q, n, show } = filter()
    loading.value = true
    problem.value = undefined
    try {
      const page = await api.get<Page<OffHoursContact>>('/off-hours', { q, inbox_id: n, show, cursor, limit })
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
  function later(pause: number, limit?: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void ask('', limit), pause)
  }
  const refresh = () => later(settle, Math.min(most, Math.max(pageSize, rows.value.length)))
  watch(filter, (now, before) => later(now.q === before.q ? 0 : typing))
  onScopeDispose(() => clearTimeout(timer))

  const live = useLive()
  live.on('off_hours', refresh)
  live.on('status', ({ items }) => {
    const shown = new Set(rows.value.map((row) => row.conversation_id))
    if (items.some((item) => shown.has(item.conversation_id))) refresh()
  })
  live.onRefetch(refresh)

  void ask('')
  return { rows, next, loading, loaded, problem, load: () => ask(''), more: () => ask(next.value) }
}

const day = 86_400_000
const days = 7

/** ageOf tells how much of a row's time in the list has passed, 0 to 1, and how many whole days are left. */
export function ageOf(at: number, now: number): { part: number; left: number } {
  const age = Math.min(days * day, Math.max(0, now - at))
  return { part: age / (days * day), left: Math.floor((days * day - age) / day) }
}
