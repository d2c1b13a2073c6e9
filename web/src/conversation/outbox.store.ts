import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useSession } from '@/account'
import { asProblem, type FileRef, type Id, type Message, type MessageDraft, type Rendered } from '@/api'
import { useLive } from '@/live'
import { conversations } from './conversation.api'
import { useThreads } from './thread.store'

/** Pending is a message of ours that the server has not taken yet. */
export interface Pending {
  conversation: Id
  draft: MessageDraft
  /** What the bubble shows meanwhile. */
  shown: { file?: FileRef; rendered?: Rendered; replyTo?: Message['reply_to'] }
  at: number
  state: 'waiting' | 'sending' | 'refused'
  words: string
  code: string
}

const firstPause = 1000
const longestPause = 30_000

/**
 * The outbox holds what was said until the server has it: per conversation in order, over lost connections and over a
 * reload of the page. The client id makes a second try safe, since the server keeps the first one.
 */
export const useOutbox = defineStore('outbox', () => {
  const session = useSession()
  const threads = useThreads()
  const live = useLive()
  const key = 'recado.outbox.' + session.user.id
  const items = ref<Pending[]>(stored())
  const flushing = new Set<Id>()
  const pauses = new Map<Id, number>()

  const waiting = computed(() => items.value.filter((item) => item.state !== 'refused').length)

  function stored(): Pending[] {
    try {
      const kept = JSON.parse(localStorage.getItem(key) ?? '[]') as Pending[]
      return kept.map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item))
    } catch {
      return []
    }
  }

  function store(): void {
    localStorage.setItem(key, JSON.stringify(items.value))
  }

  const of = (conversation: Id) => items.value.filter((item) => item.conversation === conversation)

  /** send puts a message at the end of its conversation and starts it on its way. */
  function send(conversation: Id, draft: Omit<MessageDraft, 'client_id'>, shown: Pending['shown'] = {}): Promise<void> {
    const made = { ...draft, client_id: crypto.randomUUID?.() ?? fallbackId() }
    items.value.push({ conversation, draft: made, shown, at: Date.now(), state: 'waiting', words: '', code: '' })
    store()
    return flush(conversation)
  }

  async function flush(conversation: Id): Promise<void> {
    if (flushing.has(conversation)) return
    flushing.add(conversation)
    try {
      for (;;) {
        const item = items.value.find((one) => one.conversation === conversation && one.state === 'waiting')
        if (!item || !(await attempt(item))) break
      }
    } finally {
      flushing.delete(conversation)
    }
  }

  /** attempt hands one message over and tells whether to go on with the next one. */
  async function attempt(item: Pending): Promise<boolean> {
    item.state = 'sending'
    try {
      const message = await conversations.post(item.conversation, { ...item.draft })
      pauses.delete(item.conversation)
      take(item.draft.client_id)
      threads.adopt(message)
      return true
    } catch (error) {
      const problem = asProblem(error)
      if (problem.passing) {
        item.state = 'waiting'
        later(item.conversation)
        return false
      }
      Object.assign(item, { state: 'refused', words: problem.message, code: problem.code })
      store()
      return true
    }
  }

  function later(conversation: Id): void {
    const pause = Math.min(longestPause, (pauses.get(conversation) ?? firstPause / 2) * 2)
    pauses.set(conversation, pause)
    setTimeout(() => void flush(conversation), pause)
  }

  function flushAll(): void {
    for (const conversation of new Set(items.value.map((item) => item.conversation))) void flush(conversation)
  }

  function take(clientId: string): void {
    items.value = items.value.filter((item) => item.draft.client_id !== clientId)
    store()
  }

  function again(clientId: string): void {
    const item = items.value.find((one) => one.draft.client_id === clientId)
    if (!item) return
    item.state = 'waiting'
    void flush(item.conversation)
  }

  live.on('message', (fact) => fact.message.client_id && take(fact.message.client_id))
  live.onHello(flushAll)
  addEventListener('online', flushAll)
  flushAll()

  return { items, waiting, of, send, again, remove: take }
})

/** fallbackId is for pages without a secure context, where the browser gives no UUID. */
function fallbackId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
