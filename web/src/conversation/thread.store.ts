import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asProblem, type FactOf, type Id, type Message, type Problem } from '@/api'
import { useLive } from '@/live'
import { conversations } from './conversation.api'
import { compareIds, insert, moves, newestOf } from './order'

/** Thread is what we hold of one conversation's messages, oldest first: its newest part, or a window far above it. */
export interface Thread {
  messages: Message[]
  earlier: boolean
  /** There are newer ones between these and what was said last: nothing is appended until they are here. */
  later: boolean
  /** The message a window was opened at; empty: the newest part. */
  anchor: Id
  /** What came while the newest was not here, oldest first. */
  beyond: Message[]
  /** What was said last while we listened. */
  arrived: Message | undefined
  loading: boolean
  loadingLater: boolean
  loaded: boolean
  problem: Problem | undefined
  /** The first message not read when the conversation was opened; the line above it stays until it is left. */
  firstNew: Id
  /** How many messages of the customer are unread above what is loaded. */
  above: number
}

const keptThreads = 30
const keptMessages = 200
const keptBeyond = 200

/** nothing is a thread of which we hold no messages. */
const nothing = () => ({
  messages: [] as Message[],
  earlier: false,
  later: false,
  anchor: '',
  beyond: [] as Message[],
  arrived: undefined,
  loaded: false,
  firstNew: '',
  above: 0,
})

/** missing gives those of some messages that are not among others. */
const missing = (some: Message[], others: Message[]) => {
  const known = new Set(others.map((message) => message.id))
  return some.filter((message) => !known.has(message.id))
}

/** afterLast gives those of some messages that are newer than all of a part that reaches the end. */
const afterLast = (part: Message[], some: Message[]) => {
  const last = newestOf(part)
  return some.filter((message) => !last || compareIds(message.id, last) > 0)
}

/** Messages of the conversations opened lately, kept true by facts, so that going back to one is immediate. */
export const useThreads = defineStore('threads', () => {
  const live = useLive()
  const threads = new Map<Id, Thread>()
  const busy = new WeakMap<Thread, Promise<void>>()
  const foreseen = new WeakSet<Thread>()

  /** of gives the thread of a conversation, as it is now or empty. The one asked for last is forgotten last. */
  function of(id: Id): Thread {
    const thread =
      threads.get(id) ??
      shallowReactive<Thread>({ ...nothing(), loading: false, loadingLater: false, problem: undefined })
    threads.delete(id)
    threads.set(id, thread)
    const oldest = threads.keys().next().value
    if (threads.size > keptThreads && oldest !== undefined) threads.delete(oldest)
    return thread
  }

  /** asking runs one question about a thread at a time, and leaves a second one out; flag says which end of it waits. */
  function asking(thread: Thread, flag: 'loading' | 'loadingLater', run: () => Promise<void>): Promise<void> {
    if (thread.loading || thread.loadingLater) return Promise.resolve()
    const running = asked(thread, flag, run)
    busy.set(thread, running)
    return running
  }

  async function asked(thread: Thread, flag: 'loading' | 'loadingLater', run: () => Promise<void>): Promise<void> {
    thread[flag] = true
    thread.problem = undefined
    try {
      await run()
    } catch (error) {
      thread.problem = asProblem(error)
    } finally {
      thread[flag] = false
    }
  }

  /** seenThrough gives the newest message that is here of a conversation; empty while its end is not. */
  function seenThrough(id: Id): Id {
    const thread = threads.get(id)
    return thread?.loaded && !thread.later ? newestOf(thread.messages) : ''
  }

  /** load brings the newest part, unless it was foreseen and is on its way. */
  async function load(id: Id): Promise<void> {
    const thread = of(id)
    const ahead = foreseen.has(thread)
    if (thread.later || ahead) await busy.get(thread)
    if (!ahead || !thread.loaded) await loadNewest(id, thread)
  }

  /** foresee brings the newest part of a conversation that is probably opened next. The one on the screen stays the last asked for. */
  function foresee(id: Id): void {
    const open = [...threads.keys()].at(-1)
    const thread = of(id)
    if (open) of(open)
    if (thread.loaded || thread.loading || thread.loadingLater) return
    foreseen.add(thread)
    void loadNewest(id, thread).finally(() => foreseen.delete(thread))
  }

  function loadNewest(id: Id, thread: Thread): Promise<void> {
    return asking(thread, 'loading', async () => {
      const page = await conversations.messages(id)
      const items = page.items ?? []
      // What a fact brought while we asked is newer than the page.
      const first = items[0]
      const newer = missing([...thread.messages, ...thread.beyond], items)
      thread.messages = newer
        .filter((message) => !first || message.created_at >= first.created_at)
        .reduce(insert, items)
      Object.assign(thread, { earlier: page.earlier, later: false, anchor: '', beyond: [], loaded: true })
    })
  }

  /** loadAround puts a window around one message in the place of what is here. */
  async function loadAround(id: Id, message: Id): Promise<void> {
    const thread = of(id)
    await busy.get(thread)
    await asking(thread, 'loading', async () => {
      const whole = thread.loaded && !thread.later ? thread.messages : []
      const page = await conversations.messages(id, { around: message })
      const items = page.items ?? []
      Object.assign(thread, { earlier: page.earlier, later: page.later, anchor: message, loaded: true, above: 0 })
      thread.beyond = page.later ? thread.beyond : []
      thread.messages = page.later ? items : afterLast(items, whole).reduce(insert, items)
    })
  }

  function loadEarlier(id: Id, limit = 50): Promise<void> {
    const thread = of(id)
    const first = thread.messages[0]
    if (!thread.earlier || !first) return Promise.resolve()
    return asking(thread, 'loading', async () => {
      const page = await conversations.messages(id, { before: first.id }, limit)
      thread.messages = [...(page.items ?? []), ...thread.messages]
      thread.earlier = page.earlier
    })
  }

  /** loadLater brings what follows a window. When that reaches the newest, what came meanwhile follows and the window is none any more. */
  function loadLater(id: Id, limit = 50): Promise<void> {
    const thread = of(id)
    const last = newestOf(thread.messages)
    if (!thread.later || !last) return Promise.resolve()
    return asking(thread, 'loadingLater', async () => {
      const page = await conversations.messages(id, { after: last }, limit)
      const messages = [...thread.messages, ...missing(page.items ?? [], thread.messages)]
      if (page.later) return void (thread.messages = messages)
      thread.messages = missing(thread.beyond, messages).reduce(insert, messages)
      Object.assign(thread, { later: false, anchor: '', beyond: [] })
    })
  }

  /** shorten forgets the far past of a thread that was left: going back to it begins at its end. */
  function shorten(id: Id): void {
    const thread = threads.get(id)
    if (thread?.later) Object.assign(thread, nothing())
    if (!thread || thread.messages.length <= keptMessages) return
    thread.messages = thread.messages.slice(-keptMessages)
    thread.earlier = true
  }

  /** forget drops what went out of reach. */
  const forget = (id: Id) => {
    const thread = threads.get(id)
    if (thread) Object.assign(thread, nothing())
  }

  /** adopt takes the server's answer for a message of ours, which stays at the end, where it was shown. */
  function adopt(message: Message): void {
    const thread = threads.get(message.conversation_id)
    if (!thread) return
    const known = thread.messages.findIndex((other) => other.id === message.id)
    if (known < 0 && thread.later) keepBeyond(thread, message)
    else if (known < 0) thread.messages = [...thread.messages, message]
    else if (moves(thread.messages[known]!.status, message.status || 'queued')) {
      thread.messages = thread.messages.with(known, message)
    }
  }

  function keepBeyond(thread: Thread, message: Message): void {
    thread.beyond = insert(thread.beyond, message).slice(-keptBeyond)
  }

  function heardMessage(message: Message): void {
    const thread = threads.get(message.conversation_id)
    if (!thread) return
    const known = [...thread.messages, ...thread.beyond].some((other) => other.id === message.id)
    const last = newestOf(thread.messages)
    const newest = !last || compareIds(message.id, last) > 0
    if (thread.later && newest) keepBeyond(thread, message)
    else thread.messages = insert(thread.messages, message)
    if (!known && newest) thread.arrived = message
  }

  /** change replaces a message wherever it is. */
  function change(conversation: Id, id: Id, next: (message: Message) => Message): void {
    const thread = threads.get(conversation)
    for (const part of ['messages', 'beyond'] as const) {
      const at = thread?.[part].findIndex((message) => message.id === id) ?? -1
      if (thread && at >= 0) thread[part] = thread[part].with(at, next(thread[part][at]!))
    }
  }

  function heardStatus(item: FactOf<'status'>['items'][number]): void {
    change(item.conversation_id, item.message_id, (old) => {
      const times = { ...old.times, [item.status]: item.at }
      const forward = moves(old.status, item.status)
      return forward ? { ...old, times, status: item.status, error: item.error ?? null } : { ...old, times }
    })
  }

  const replace = (conversation: Id, id: Id, to: Partial<Message>) =>
    change(conversation, id, (message) => ({ ...message, ...to }))

  function remove(conversation: Id, id: Id): void {
    const thread = threads.get(conversation)
    if (!thread) return
    thread.messages = thread.messages.filter((message) => message.id !== id)
    thread.beyond = thread.beyond.filter((message) => message.id !== id)
  }

  live.on('message', (fact) => heardMessage(fact.message))
  live.on('status', (fact) => fact.items.forEach(heardStatus))
  live.on('removed', (fact) => remove(fact.conversation_id, fact.message_id))
  live.onRefetch(() => {
    const open = [...threads].at(-1)
    // Only the one on the screen is asked for now; the others are when they are opened again.
    for (const thread of threads.values()) thread.loaded = false
    if (open) void (open[1].anchor ? loadAround(open[0], open[1].anchor) : load(open[0]))
  })

  return {
    of,
    seenThrough,
    load,
    foresee,
    loadAround,
    loadEarlier,
    loadLater,
    shorten,
    forget,
    adopt,
    heardMessage,
    heardStatus,
    replace,
    remove,
  }
})
