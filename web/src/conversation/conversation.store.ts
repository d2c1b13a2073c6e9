import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowReactive, shallowRef, watch } from 'vue'
import { useSession } from '@/account'
import { asProblem, type ConversationRow, type Counts, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { conversations } from './conversation.api'
import { anyFilter, belongs as fits, compareBy, questionOf, type Filter } from './list.filter'

const countPause = 1500
const firstPart = 50
const nextPart = 200

/** The rows of the list beside the thread, kept true by facts. */
export const useConversations = defineStore('conversations', () => {
  const session = useSession()
  const live = useLive()
  const rows = shallowReactive(new Map<Id, ConversationRow>())
  const filter = reactive<Filter>(anyFilter())
  const ids = shallowRef<Id[]>([])
  const arrivals = ref<Id[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  const counts = ref<Counts>()
  /** While the pointer is in the list, or the list is scrolled, its rows keep their places. */
  const busy = ref(false)
  /** Where notes name me and I have not looked since. */
  const mentioned = shallowReactive(new Set<Id>())
  let asking: AbortController | undefined
  let begun = Date.now()

  const shown = computed(() => ids.value.map((id) => rows.get(id)).filter((row) => row !== undefined))
  const belongs = (row: ConversationRow) => fits(row, filter, session.user.id, Date.now())

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    loading.value = true
    problem.value = undefined
    begun = Date.now()
    try {
      const page = await conversations.list(questionOf(filter), '', firstPart, mine.signal)
      ids.value = keep(page.items)
      next.value = page.next ?? ''
      arrivals.value = []
      loaded.value = true
    } catch (error) {
      if (!mine.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (asking === mine) loading.value = false
    }
  }

  async function loadMore(): Promise<void> {
    if (!next.value || loading.value) return
    const mine = asking
    loading.value = true
    try {
      const page = await conversations.list(questionOf(filter), next.value, nextPart, mine?.signal)
      if (mine?.signal.aborted) return
      ids.value = [...new Set([...ids.value, ...keep(page.items)])]
      next.value = page.next ?? ''
    } catch (error) {
      if (!mine?.signal.aborted) problem.value = asProblem(error)
    } finally {
      if (asking === mine) loading.value = false
    }
  }

  function keep(items: ConversationRow[]): Id[] {
    for (const row of items) rows.set(row.id, row)
    return items.map((row) => row.id)
  }

  /** left takes conversations out that are no longer within reach. */
  function left(gone: Id[]): void {
    countSoon()
    for (const id of gone) rows.delete(id)
    const stays = (id: Id) => !gone.includes(id)
    ids.value = ids.value.filter(stays)
    arrivals.value = arrivals.value.filter(stays)
  }

  /** heard takes over what a fact says of a conversation. */
  function heard(row: ConversationRow): void {
    rows.set(row.id, row)
    countSoon()
    const here = ids.value.includes(row.id)
    const belongsHere = belongs(row) && (here || knowable())
    if (here && !belongsHere) ids.value = ids.value.filter((id) => id !== row.id)
    if (!belongsHere) arrivals.value = arrivals.value.filter((id) => id !== row.id)
    if (!loaded.value || !belongsHere || filter.view === 'mentions') return
    if (!busy.value) place(row)
    else if (!here) arrivals.value = [...new Set([...arrivals.value, row.id])]
  }

  /** knowable tells whether a row alone says that it belongs here: who was searched, named or answered last only the server knows. */
  const knowable = () =>
    !filter.search && filter.view !== 'mentions' && !(filter.view === 'closed' && (filter.own || filter.agent))

  /** place puts one row where the server would. Behind the last row loaded it comes with its part. */
  function place(row: ConversationRow): void {
    const compare = compareBy(filter, begun)
    const others = ids.value.filter((id) => id !== row.id)
    let low = 0
    for (let high = others.length; low < high;) {
      const middle = (low + high) >> 1
      const other = rows.get(others[middle]!)
      if (other && compare(other, row) < 0) low = middle + 1
      else high = middle
    }
    ids.value = low === others.length && next.value ? others : others.toSpliced(low, 0, row.id)
  }

  /** showArrivals loads the list again, so that the new rows stand where they belong. */
  const showArrivals = () => load()

  /** rest lets the rows move again: what arrived meanwhile takes its place. */
  function rest(): void {
    busy.value = false
    const compare = compareBy(filter, begun)
    for (const id of arrivals.value) place(rows.get(id)!)
    arrivals.value = []
    if (filter.view !== 'mentions') ids.value = shown.value.toSorted(compare).map((row) => row.id)
  }

  let counting: ReturnType<typeof setTimeout> | undefined
  function countSoon(): void {
    counting ??= setTimeout(() => {
      counting = undefined
      void count()
    }, countPause)
  }

  let told = 0
  async function count(): Promise<void> {
    const before = told
    // The tabs keep their last figures when this fails; the next fact asks again.
    const now = await conversations.counts().catch(() => undefined)
    if (!now) return
    counts.value = now
    if (before !== told) return countSoon() // somebody was named, or looked, while the answer was on its way
    mentioned.clear()
    for (const id of now.mentioned_in ?? []) mentioned.add(id)
  }

  function looked(id: Id): void {
    told++
    mentioned.delete(id)
  }

  function named(row: ConversationRow): void {
    rows.set(row.id, row)
    told++
    mentioned.add(row.id)
    if (filter.view !== 'mentions' || !loaded.value) return
    if (busy.value && !ids.value.includes(row.id)) arrivals.value = [...arrivals.value, row.id]
    else if (!busy.value) ids.value = [row.id, ...ids.value.filter((id) => id !== row.id)]
  }

  function refetch(): void {
    if (loaded.value) void load()
    void count()
  }

  watch(
    () => JSON.stringify(questionOf(filter)),
    () => {
      ids.value = []
      loaded.value = false
      void load()
    },
  )
  live.on('message', (fact) => heard(fact.conversation))
  live.on('conversation', (fact) => heard(fact.conversation))
  live.on('gone', (fact) => left(fact.conversation_ids))
  live.on('reach', refetch)
  live.on('mentioned', (fact) => named(fact.conversation))
  live.on('mentions_seen', (fact) => looked(fact.conversation_id))
  live.onRefetch(refetch)

  return {
    ...{ rows, filter, shown, ids, arrivals, next, loading, loaded, problem, counts, busy, mentioned },
    ...{ belongs, load, loadMore, heard, showArrivals, rest, count, looked },
  }
})
