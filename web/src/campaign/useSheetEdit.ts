import { computed, ref, shallowRef } from 'vue'
import { asProblem, type Problem } from '@/api'
import type { RowChange, SheetRow } from './campaign.types'

/** Cell is a cell of the sheet by its row and header. */
export interface Cell {
  row: number
  header: string
}

const remembered = 100

/** useSheetEdit holds the cell that is being written and what can be undone. correct keeps a change and throws the problem. */
export function useSheetEdit(correct: (change: RowChange) => Promise<SheetRow>, took: (row: SheetRow) => void) {
  const open = shallowRef<Cell>()
  const text = ref('')
  const busy = ref(false)
  /** Why the last change was not kept. What was written stays in its cell. */
  const problem = shallowRef<Problem>()
  const past = shallowRef<RowChange[]>([])
  let before = ''

  function edit(cell: Cell, value: string): void {
    open.value = cell
    text.value = before = value
    problem.value = undefined
  }

  function giveUp(): void {
    open.value = undefined
    problem.value = undefined
  }

  /** apply keeps a change and remembers what takes it back; true when it was kept. */
  async function apply(change: RowChange, back?: RowChange): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      took(await correct(change))
      problem.value = undefined
      if (back) past.value = [...past.value, back].slice(-remembered)
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** keep keeps the open cell and closes it; true when nothing stands in the way of going on. */
  async function keep(): Promise<boolean> {
    const cell = open.value
    if (!cell) return true
    const set = (value: string): RowChange => ({ row: cell.row, cells: { [cell.header]: value } })
    if (text.value !== before && !(await apply(set(text.value), set(before)))) return false
    if (open.value === cell) giveUp()
    return true
  }

  async function undo(): Promise<void> {
    const back = past.value.at(-1)
    if (back && (await apply(back))) past.value = past.value.slice(0, -1)
  }

  return { open, text, busy, problem, canUndo: computed(() => past.value.length > 0), edit, giveUp, apply, keep, undo }
}

export type SheetEdit = ReturnType<typeof useSheetEdit>
