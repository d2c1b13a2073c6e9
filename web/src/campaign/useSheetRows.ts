import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api'
import { campaigns, type Only } from './campaign.api'
import type { SheetRow } from './campaign.types'

const most = 200

/**
 * useSheetRows gives rows of the sheet with their problems, a page at a time; anew whenever the version moves. Rows corrected here
 * stay in the list they were in until another list is asked for, so that nothing moves under the person's hands.
 */
export function useSheetRows(id: string, only: Ref<Only>, version: Ref<unknown>) {
  const rows = shallowRef<SheetRow[]>([])
  const next = ref(0)
  const loading = ref(false)
  const problem = shallowRef<Problem>()
  const corrected = new Map<number, SheetRow>()
  let turn = 0

  async function ask(after: number, before: SheetRow[], limit?: number): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const page = await campaigns.rows(id, only.value, after, limit)
      if (mine !== turn) return
      rows.value = withCorrected([...before, ...page.items], page.next)
      next.value = page.next
      problem.value = undefined
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  /** withCorrected puts rows back that were corrected here and are in the list no more. */
  function withCorrected(found: SheetRow[], next: number): SheetRow[] {
    const there = new Set(found.map((row) => row.row))
    const kept = [...corrected.values()].filter((row) => !there.has(row.row) && (!next || row.row <= next))
    return kept.length ? [...found, ...kept].sort((a, b) => a.row - b.row) : found
  }

  /** took takes over a row that was corrected. */
  function took(row: SheetRow): void {
    corrected.set(row.row, row)
    rows.value = rows.value.map((one) => (one.row === row.row ? row : one))
  }

  const load = () => ask(0, [])
  const more = () => ask(next.value, rows.value)
  watch(
    only,
    () => {
      corrected.clear()
      void load()
    },
    { immediate: true },
  )
  watch(version, () => void ask(0, [], Math.min(most, Math.max(50, rows.value.length))))
  return { rows, next, loading, problem, load, more, took }
}
