import { reactive, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { asProblem, type Problem } from '@/api'
import { noFilter, people, type ListedPerson, type PeopleFilter } from './people.api'

const pause = 250
/** Names of the filter that are shorter in the address. */
const shortened: Record<string, string> = { inbox_id: 'n', segment_id: 's' }

/** usePeople is the list of people with its filter, which lives in the address so that a link shows the same list. */
export function usePeople() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string) => (typeof route.query[name] === 'string' ? route.query[name] : '')
  const filter = reactive<PeopleFilter>({
    ...noFilter,
    ...Object.fromEntries(Object.keys(noFilter).map((key) => [key, text(shortened[key] ?? key)])),
  })
  const rows = shallowRef<ListedPerson[]>([])
  const next = ref('')
  const capped = ref(false)
  const loaded = ref(false)
  const loading = ref(false)
  const problem = shallowRef<Problem>()
  let asking: AbortController | undefined
  let timer = 0

  async function ask(cursor: string): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    loading.value = true
    try {
      const page = await people.list(filter, cursor, mine.signal)
      rows.value = cursor ? [...rows.value, ...page.items] : page.items
      next.value = page.next
      capped.value = page.capped
      problem.value = undefined
      loaded.value = true
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (mine === asking) loading.value = false
    }
  }

  const load = () => ask('')
  const more = () => ask(next.value)
  const clear = () => Object.assign(filter, noFilter)
  const narrow = (to: PeopleFilter) => void Object.assign(filter, to)

  watch(filter, () => {
    const { inbox_id: n, segment_id: s, ...rest } = filter
    void router.replace({ query: Object.fromEntries(Object.entries({ n, s, ...rest }).filter(([, value]) => value)) })
    clearTimeout(timer)
    timer = window.setTimeout(load, pause)
  })
  void load()

  return { filter, rows, next, capped, loaded, loading, problem, load, more, clear, narrow }
}
