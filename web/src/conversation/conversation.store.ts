import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowReactive, shallowRef, watch } from 'vue'
import { useSession } from '@/account'
import { asProblem, type ConversationRow, type Counts, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { conversations, type Filter } from './conversation.api'

const countPause = 1500

/** The rows of the list beside the thread, kept true by facts. */
export const useConversations = defineStore('conversations', () => {
  const session = useSession()
  const live = useLive()
  const rows = shallowReactive(new Map<Id, ConversationRow>())
  const filter = reactive<Filter>({ view: 'mine', inbox: '', queue: '', search: '' })
  const ids = ref<Id[]>([])
  const arrivals = ref<Id[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  const counts = ref<Counts>()
  /** While the pointer or the focus is in the list its rows keep their places. */
  const busy = ref(false)
  let asking: AbortController | undefined

  const shown = computed(() => ids.value.map((id) => rows.get(id)).filter((row) => row !== undefined))

  /** belongs tells whether a row is one of those the present filter asks for. */
  function belongs(row: ConversationRow): boolean {
    if (filter.inbox && row.inbox.id !== filter.inbox) return false
    if (filter.queue && row.queue?.id !== filter.queue) return false
    if (filter.view === 'closed') return row.state === 'closed'
    if (row.state !== 'open') return false
    if (filter.view === 'mine') return row.assignee?.id === session.user.id
    if (filter.view === 'queue') return !row.assignee && row.holder === 'queue'
    return true
  }

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    loading.value = true
    problem.value = undefined
    try {
      const page = await conversations.list(filter, '', mine.signal)
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
      const page = await conversations.list(filter, next.value, mine?.signal)
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

  /** heard takes over what a fact says of a conversation. Of one that is gone only the id is told. */
  function heard(row: ConversationRow, gone = false): void {
    if (gone) rows.delete(row.id)
    else rows.set(row.id, row)
    countSoon()
    const here = ids.value.includes(row.id)
    const belongsHere = !gone && belongs(row)
    if (here && !belongsHere) ids.value = ids.value.filter((id) => id !== row.id)
    if (!belongsHere) arrivals.value = arrivals.value.filter((id) => id !== row.id)
    if (!loaded.value || !belongsHere || filter.search) return
    if (!busy.value) settle(here ? ids.value : [row.id, ...ids.value])
    else if (!here) arrivals.value = [...new Set([...arrivals.value, row.id])]
  }

  /** settle puts the rows in the order of the server: the last said first. */
  function settle(list: Id[]): void {
    const said = (id: Id) => rows.get(id)?.last_message_at ?? 0
    ids.value = list.toSorted((a, b) => said(b) - said(a))
  }

  /** showArrivals loads the list again, so that the new rows stand where they belong. */
  const showArrivals = () => load()

  let counting: ReturnType<typeof setTimeout> | undefined
  function countSoon(): void {
    counting ??= setTimeout(() => {
      counting = undefined
      void count()
    }, countPause)
  }

  async function count(): Promise<void> {
    // The tabs keep their last figures when this fails; the next fact asks again.
    counts.value = await conversations.counts().catch(() => counts.value)
  }

  function refetch(): void {
    if (loaded.value) void load()
    void count()
  }

  watch(
    () => [filter.view, filter.inbox, filter.queue, filter.search],
    () => {
      ids.value = []
      loaded.value = false
      void load()
    },
  )
  live.on('message', (fact) => heard(fact.conversation))
  live.on('conversation', (fact) => heard(fact.conversation, fact.gone))
  live.on('reach', refetch)
  live.onRefetch(refetch)

  return {
    rows,
    filter,
    shown,
    ids,
    arrivals,
    next,
    loading,
    loaded,
    problem,
    counts,
    busy,
    belongs,
    load,
    loadMore,
    heard,
    showArrivals,
    count,
  }
})
