import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { imports, type ContactImport, type ImportRules } from './imports.api'

/** How often an import that runs is asked how far it is, in milliseconds. */
const pause = 1000

/** useImports is the journal of imports and the sheet that is about to become one. */
export function useImports() {
  const journal = shallowRef<ContactImport[]>([])
  const draft = shallowRef<ContactImport>()
  const loaded = ref(false)
  const problem = shallowRef<Problem>() // of the journal
  const refused = shallowRef<Problem>() // of the sheet
  const busy = ref(false)
  const part = ref(0)
  const running = computed(() => journal.value.some((one) => one.state === 'running'))
  let going: AbortController | undefined
  let timer = 0

  async function load(): Promise<void> {
    clearTimeout(timer)
    try {
      journal.value = (await imports.list()).items
      problem.value = undefined
      loaded.value = true
    } catch (error) {
      problem.value = asProblem(error)
    }
    if (running.value) timer = window.setTimeout(load, pause)
  }

  /** trying does something with the sheet and keeps why it was refused. */
  async function trying(act: () => Promise<unknown>): Promise<void> {
    busy.value = true
    refused.value = undefined
    try {
      await act()
    } catch (error) {
      if (!(error instanceof DOMException)) refused.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }

  const put = (file: File) =>
    trying(async () => {
      part.value = 0
      going = new AbortController()
      draft.value = await imports.put(file, (share) => (part.value = share), going.signal)
    })

  const start = (id: Id, rules: ImportRules) =>
    trying(async () => {
      await imports.start(id, rules)
      draft.value = undefined
      await load()
    })

  const stop = (id: Id) =>
    trying(async () => {
      await imports.stop(id)
      await load()
    })

  /** leave gives up the sheet before anything was read from it. */
  function leave(): void {
    going?.abort()
    if (draft.value) void imports.stop(draft.value.id).catch(() => undefined) // a draft nobody begins does nothing
    draft.value = undefined
    refused.value = undefined
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    going?.abort()
  })
  void load()

  return { journal, draft, loaded, problem, refused, busy, part, load, put, start, stop, leave }
}
