import { computed, ref, watch, type Ref } from 'vue'
import { asProblem, type Problem } from '@/api'
import { notify } from '@/ui'

/** same tells whether two settings say the same. */
export const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** differ counts the fields in which two settings are not the same. */
export const differ = (a: object, b: object): number =>
  Object.entries({ ...b, ...a }).filter(([key]) => !same(a[key as never], b[key as never])).length

/** What a page of settings edits, how two states of it are told apart, and how the difference is kept. */
interface Settings<T> {
  kept: Readonly<Ref<T | undefined>>
  changes: (a: T, b: T) => number
  /** keep tells the server what differs, puts what came back into now, and loads anew. */
  keep: (now: T, before: T) => Promise<unknown>
  saved: () => string
}

/** useSettingsForm edits settings: what was kept, what is on the page, and saving the difference. */
export function useSettingsForm<T extends object>({ kept, changes, keep, saved }: Settings<T>) {
  const form = ref() as Ref<T | undefined>
  const busy = ref(false)
  const problem = ref<Problem>()
  const changed = computed(() => (form.value && kept.value ? changes(form.value, kept.value) : 0))
  const copy = () => (form.value = kept.value && (JSON.parse(JSON.stringify(kept.value)) as T))
  // What others change while nothing is being edited here is taken over.
  watch(kept, (_, before) => (!form.value || (before && changes(form.value, before) === 0)) && copy(), {
    immediate: true,
  })

  function discard(): void {
    problem.value = undefined
    copy()
  }

  async function save(): Promise<boolean> {
    const now = form.value
    const before = kept.value
    if (!now || !before || busy.value) return false
    busy.value = true
    problem.value = undefined
    try {
      await keep(now, before)
      notify(saved())
      return true
    } catch (error) {
      problem.value = asProblem(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** errorOf gives the words of what is wrong with a field. */
  const errorOf = (field: string) => (problem.value?.field === field ? problem.value.message : '')

  return { form, changed, busy, problem, errorOf, discard, save }
}
