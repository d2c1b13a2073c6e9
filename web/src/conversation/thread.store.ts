import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { asProblem, type FactOf, type Id, type Message, type Problem } from '@/api'
import { useLive } from '@/live'
import { conversations } from './conversation.api'
import { insert, moves } from './order'

/** Thread is what we hold of one conversation's messages, oldest first. */
export interface Thread {
  messages: Message[]
  earlier: boolean
  loading: boolean
  loaded: boolean
  problem: Problem | undefined
  /** The first message not read when the conversation was opened; the line above it stays until it is left. */
  firstNew: Id
  /** How many messages of the customer are unread above what is loaded. */
  above: number
}

const keptThreads = 30
const keptMessages = 200

/** Messages of the conversations opened lately, kept true by facts, so that going back to one is immediate. */
export const useThreads = defineStore('threads', () => {
  const live = useLive()
  const threads = new Map<Id, Thread>()

  /** of gives the thread of a conversation, as it is now or empty. The one asked for last is forgotten last. */
  function of(id: Id): Thread {
    const thread =
      threads.get(id) ??
      shallowReactive<Thread>({
        messages: [],
        earlier: false,
        loading: false,
        loaded: false,
        problem: undefined,
        firstNew: '',
        above: 0,
      })
    threads.delete(id)
    threads.set(id, thread)
    const oldest = threads.keys().next().value
    if (threads.size > keptThreads && oldest !== undefined) threads.delete(oldest)
    return thread
  }

  async function load(id: Id): Promise<void> {
    const thread = of(id)
    if (thread.loading) return
    thread.loading = true
    thread.problem = undefined
    try {
      const page = await conversations.messages(id)
      const items = page.items ?? []
      // What a fact brought while we asked is newer than the page.
      const newer = thread.messages.filter((message) => items.every((other) => other.id !== message.id))
      const first = items[0]
      thread.messages = newer
        .filter((message) => !first || message.created_at >= first.created_at)
        .reduce(insert, items)
      thread.earlier = page.earlier
      thread.loaded = true
    } catch (error) {
      thread.problem = asProblem(error)
    } finally {
      thread.loading = false
    }
  }

  async function loadEarlier(id: Id, limit = 50): Promise<void> {
    const thread = of(id)
    const first = thread.messages[0]
    if (thread.loading || !thread.earlier || !first) return
    thread.loading = true
    thread.problem = undefined
    try {
      const page = await conversations.messages(id, first.id, limit)
      thread.messages = [...(page.items ?? []), ...thread.messages]
      thread.earlier = page.earlier
    } catch (error) {
      thread.problem = asProblem(error)
    } finally {
      thread.loading = false
    }
  }

  /** shorten forgets the far past of a thread that was left: going back to it begins at its end. */
  function shorten(id: Id): void {
    const thread = threads.get(id)
    if (!thread || thread.messages.length <= keptMessages) return
    thread.messages = thread.messages.slice(-keptMessages)
    thread.earlier = true
  }

  /** forget drops what went out of reach. */
  const forget = (id: Id) => {
    const thread = threads.get(id)
    if (thread) Object.assign(thread, { messages: [], loaded: false, earlier: false, firstNew: '', above: 0 })
  }

  /** adopt takes the server's answer for a message of ours, which stays at the end, where it was shown. */
  function adopt(message: Message): void {
    const thread = threads.get(message.conversation_id)
    if (!thread) return
    const known = thread.messages.findIndex((other) => other.id === message.id)
    if (known < 0) thread.messages = [...thread.messages, message]
    else if (moves(thread.messages[known]!.status, message.status || 'queued')) {
      thread.messages = thread.messages.with(known, message)
    }
  }

  function heardMessage(message: Message): void {
    const thread = threads.get(message.conversation_id)
    if (thread) thread.messages = insert(thread.messages, message)
  }

  function heardStatus(item: FactOf<'status'>['items'][number]): void {
    const thread = threads.get(item.conversation_id)
    const at = thread?.messages.findIndex((message) => message.id === item.message_id) ?? -1
    if (!thread || at < 0) return
    const old = thread.messages[at]!
    const times = { ...old.times, [item.status]: item.at }
    const forward = moves(old.status, item.status)
    const next = forward ? { ...old, times, status: item.status, error: item.error ?? null } : { ...old, times }
    thread.messages = thread.messages.with(at, next)
  }

  function replace(conversation: Id, id: Id, change: Partial<Message>): void {
    const thread = threads.get(conversation)
    if (thread) {
      thread.messages = thread.messages.map((message) => (message.id === id ? { ...message, ...change } : message))
    }
  }

  function remove(conversation: Id, id: Id): void {
    const thread = threads.get(conversation)
    if (thread) thread.messages = thread.messages.filter((message) => message.id !== id)
  }

  live.on('message', (fact) => heardMessage(fact.message))
  live.on('status', (fact) => fact.items.forEach(heardStatus))
  live.on('removed', (fact) => remove(fact.conversation_id, fact.message_id))
  live.onRefetch(() => {
    const open = [...threads].at(-1)
    // Only the one on the screen is asked for now; the others are when they are opened again.
    for (const thread of threads.values()) thread.loaded = false
    if (open) void load(open[0])
  })

  return { of, load, loadEarlier, shorten, forget, adopt, heardMessage, heardStatus, replace, remove }
})
