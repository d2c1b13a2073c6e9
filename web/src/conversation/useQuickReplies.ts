import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { quickReplies, type QuickReply, type ReplyCategory } from './quickReply.api'

/** How long typing in the search rests before it is asked, and changes of others are gathered, in milliseconds. */
const rest = 200

/** useQuickReplies gives the categories, and the replies of one or all of them that fit a search, kept true by what others change. */
export function useQuickReplies(category: Ref<Id>, search: Ref<string>) {
  const categories = shallowRef<ReplyCategory[]>([])
  const rows = shallowRef<QuickReply[]>([])
  const next = ref('')
  const loaded = ref(false)
  const loading = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  /** load reads both anew, with as many replies as are shown. */
  async function load(): Promise<void> {
    const mine = ++turn
    clearTimeout(timer)
    loading.value = true
    try {
      const many = Math.min(200, Math.max(50, rows.value.length))
      const [all, page] = await Promise.all([
        quickReplies.categories(),
        quickReplies.list(category.value, search.value.trim(), '', many),
      ])
      if (mine !== turn) return
      categories.value = all.items
      rows.value = page.items
      next.value = page.next
      loaded.value = true
      problem.value = undefined
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function more(): Promise<void> {
    const mine = turn
    loading.value = true
    try {
      const page = await quickReplies.list(category.value, search.value.trim(), next.value)
      if (mine !== turn) return
      rows.value = [...rows.value, ...page.items]
      next.value = page.next
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  function soon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), rest)
  }

  const live = useLive()
  live.on('quick_replies', soon)
  live.onRefetch(soon)
  watch(search, soon)
  watch(category, () => {
    rows.value = []
    void load()
  })
  onScopeDispose(() => clearTimeout(timer))
  void load()
  return { categories, rows, next, loaded, loading, problem, load, more }
}
