import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api'
import { campaigns, type Only } from './campaign.api'
import type { SheetRow } from './campaign.types'

/** useSheetRows gives rows of the sheet with their problems, a page at a time; anew whenever the version moves. */
export function useSheetRows(id: string, only: Ref<Only>, version: Ref<unknown>) {
  const rows = shallowRef<SheetRow[]>([])
  const next = ref(0)
  const loading = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0

  async function ask(after: number, before: SheetRow[]): Promise<void> {
    const mine = ++turn
    loading.value = true
    try {
      const page = await campaigns.rows(id, only.value, after)
      if (mine !== turn) return
      rows.value = [...before, ...page.items]
      next.value = page.next
      problem.value = undefined
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const load = () => ask(0, [])
  const more = () => ask(next.value, rows.value)
  watch([only, version], () => void load(), { immediate: true })
  return { rows, next, loading, problem, load, more }
}
