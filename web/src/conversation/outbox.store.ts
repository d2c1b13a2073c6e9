import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useSession } from '@/account'
import { asProblem, type FileRef, type Id, type Message, type MessageDraft, type Rendered } from '@/api'
import { i18n } from '@/i18n'
import { serverNow } from '@/i18n/clock'
import { useLive } from '@/live'
import { notify } from '@/ui'
import { conversations } from './conversation.api'
import { useThreads } from './thread.store'

/** Pending is a message of ours that the server has not taken yet. */
export interface Pending {
  conversation: Id
  draft: MessageDraft
  /** What the bubble shows meanwhile. */
  shown: { file?: FileRef; voice?: boolean; rendered?: Rendered; replyTo?: Message['reply_to'] }
  at: number
  state: 'waiting' | 'sending' | 'refused'
  words: string
  code: string
}

/** So many messages are kept on the device; what is beyond them waits in memory only. */
const keptMost = 200
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
  const prefix = `recado.outbox.${session.user.id}.`
  const items = ref<Pending[]>(stored())
  const flushing = new Set<Id>()
  const pauses = new Map<Id, number>()
  let warned = false

  const waiting = computed(() => items.value.filter((item) => item.state !== 'refused').length)

  /** stored reads what waits on this device, in the order it was said. Each message has a place of its own: tabs do not overwrite each other's. */
  function stored(): Pending[] {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .flatMap((key) => read(localStorage.getItem(key)))
      .toSorted((a, b) => a.at - b.at)
  }

  function read(text: string | null): Pending[] {
    try {
      const item = JSON.parse(text ?? '') as Pending
      return [item.state === 'sending' ? { ...item, state: 'waiting' } : item]
    } catch {
      return []
    }
  }

  function store(item: Pending): void {
    try {
      if (items.value.length > keptMost) throw new Error('full')
      localStorage.setItem(prefix + item.draft.client_id, JSON.stringify(item))
    } catch {
      if (!warned) notify(i18n.global.t('thread.storageFull'), undefined, 'danger')
      warned = true
    }
  }

  const of = (conversation: Id) => items.value.filter((item) => item.conversation === conversation)

  /** send puts a message at the end of its conversation and starts it on its way. */
  function send(conversation: Id, draft: Omit<MessageDraft, 'client_id'>, shown: Pending['shown'] = {}): Promise<void> {
    const made = { ...draft, client_id: crypto.randomUUID?.() ?? fallbackId() }
    // Two said in one moment keep their order.
    const at = Math.max(serverNow(), (items.value.at(-1)?.at ?? 0) + 1)
    const item: Pending = { conversation, draft: made, shown, at, state: 'waiting', words: '', code: '' }
    items.value.push(item)
    store(item)
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
      // Signed out is no refusal: it goes out after the next sign-in.
      if (problem.passing || problem.status === 401) {
        item.state = 'waiting'
        later(item.conversation)
        return false
      }
      Object.assign(item, { state: 'refused', words: problem.message, code: problem.code })
      store(item)
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
    localStorage.removeItem(prefix + clientId)
  }

  function again(clientId: string): void {
    const item = items.value.find((one) => one.draft.client_id === clientId)
    if (!item) return
    item.state = 'waiting'
    store(item)
    void flush(item.conversation)
  }

  /** sure sends what was asked about: its author knows now that another agent answered. */
  function sure(clientId: string): void {
    const item = items.value.find((one) => one.draft.client_id === clientId)
    if (item) delete item.draft.seen_through_id
    again(clientId)
  }

  /** heard follows what another tab of the same agent says and gets through. */
  function heard({ key, newValue }: StorageEvent): void {
    if (!key?.startsWith(prefix)) return
    const id = key.slice(prefix.length)
    const rest = items.value.filter((item) => item.draft.client_id !== id)
    items.value = [...rest, ...read(newValue)].toSorted((a, b) => a.at - b.at)
  }

  addEventListener('storage', heard)
  live.on('message', (fact) => fact.message.client_id && take(fact.message.client_id))
  live.onHello(flushAll)
  addEventListener('online', flushAll)
  flushAll()

  return { items, waiting, of, send, again, sure, remove: take }
})

/** fallbackId is for pages without a secure context, where the browser gives no UUID. */
function fallbackId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
