import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api'
import { campaigns } from './campaign.api'
import type { Preview } from './campaign.types'

/**
 * usePreview shows the message of one row. The way back goes over the rows seen, since a sheet's row numbers have gaps. It
 * asks anew whenever the version moves.
 */
export function usePreview(id: string, version: Ref<unknown>) {
  const preview = shallowRef<Preview>()
  const problem = shallowRef<Problem>()
  const loading = ref(false)
  const seen = ref<number[]>([])
  const atEnd = ref(false)
  let turn = 0

  async function show(row: number): Promise<boolean> {
    const mine = ++turn
    loading.value = true
    try {
      const answer = await campaigns.preview(id, row)
      if (mine !== turn) return false
      preview.value = answer
      problem.value = undefined
      return true
    } catch (error) {
      const failure = asProblem(error)
      if (mine === turn && failure.status === 404 && preview.value) atEnd.value = true
      else if (mine === turn) problem.value = failure
      return false
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function forward(): Promise<void> {
    const here = preview.value?.row
    if (here === undefined || atEnd.value) return
    if (await show(here + 1)) seen.value = [...seen.value, here]
  }

  async function back(): Promise<void> {
    const before = seen.value.at(-1)
    if (before === undefined) return
    seen.value = seen.value.slice(0, -1)
    atEnd.value = false
    await show(before)
  }

  watch(version, () => void show(preview.value?.row ?? 0), { immediate: true })
  return { preview, problem, loading, atEnd, atStart: computed(() => seen.value.length === 0), forward, back }
}
