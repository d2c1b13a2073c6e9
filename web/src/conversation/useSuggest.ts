import { computed, onMounted, onScopeDispose, ref, shallowRef, useId } from 'vue'
import { useComposer } from './composer'
import type { Token } from './token'

/** What a menu offers for the word that is being typed. */
export interface Suggesting<T> {
  /** The search before the caret, when there is one. */
  tokenAt: (text: string, caret: number) => Token | undefined
  /** What fits a search; what is known already answers at once. */
  find: (query: string, signal: AbortSignal) => T[] | Promise<T[]>
  /** Puts what was chosen in the place of what was typed. */
  choose: (item: T, place: Token) => void
}

/**
 * useSuggest is a menu that opens as one types in the composer. The focus stays in the box and steers it: arrows move, Enter or Tab
 * chooses, Esc closes it until another search is begun.
 */
export function useSuggest<T>({ tokenAt, find, choose }: Suggesting<T>) {
  const { box } = useComposer()
  const id = useId()
  const token = shallowRef<Token>()
  const items = shallowRef<T[]>([])
  const at = ref(0)
  const pending = ref(false)
  const failed = ref(false)
  /** The place of a search whose menu was closed with Esc. */
  let dismissed = -1
  let picking = false
  let call: AbortController | undefined

  const open = computed(() => token.value !== undefined && items.value.length > 0)
  /** What was searched without finding anything; empty while it may still come. */
  const missed = computed(() =>
    token.value && !items.value.length && !pending.value && !failed.value ? token.value.query : '',
  )

  function close(): void {
    token.value = undefined
    items.value = []
    pending.value = picking = false
    call?.abort()
  }

  /** look reads what stands before the caret; a menu opens only while typing. */
  function look(typing: boolean): void {
    const area = box.value
    if (!area || (!typing && !token.value)) return
    const now = area.selectionStart === area.selectionEnd ? tokenAt(area.value, area.selectionStart) : undefined
    if (!now) dismissed = -1
    if (!now || now.start === dismissed) return close()
    const same = token.value?.query === now.query
    token.value = now
    if (!same) void ask(now.query)
  }

  async function ask(query: string): Promise<void> {
    call?.abort()
    failed.value = false
    const mine = (call = new AbortController())
    try {
      const answer = find(query, mine.signal)
      pending.value = !Array.isArray(answer)
      const found = Array.isArray(answer) ? answer : await answer
      if (call === mine && token.value) show(found)
    } catch {
      if (call !== mine || mine.signal.aborted) return
      failed.value = true
      show([])
    }
  }

  function show(answer: T[]): void {
    pending.value = false
    items.value = answer
    at.value = 0
    if (picking) pick(0)
  }

  /** pick chooses one; while the answer is on its way it waits for it. */
  function pick(index: number): void {
    if (pending.value) return void (picking = true)
    const item = items.value[index]
    const place = token.value
    close()
    if (item !== undefined && place) choose(item, place)
  }

  /** key takes the keys of the menu while it is open, and tells whether it did. */
  function key(event: KeyboardEvent): boolean {
    if (!token.value || event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'Escape') {
      dismissed = token.value.start
      close()
      return true
    }
    if (!open.value) return event.key === 'Enter' && !event.shiftKey && pending.value ? (pick(0), true) : false
    const count = items.value.length
    if (event.key === 'ArrowDown') at.value = (at.value + 1) % count
    else if (event.key === 'ArrowUp') at.value = (at.value + count - 1) % count
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) pick(at.value)
    else return false
    return true
  }

  onMounted(() => look(true)) // typing may have begun before this was loaded
  onScopeDispose(close)
  const optionId = (index: number) => `${id}-${index}`
  const listId = computed(() => (open.value ? id : undefined))
  const activeId = computed(() => (open.value ? optionId(at.value) : undefined))
  /** What the box needs of a menu: a component exposes it. */
  const parts = { key, look, close, listId, activeId }
  return { id, token, open, items, at, pending, failed, missed, pick, optionId, parts, ...parts }
}
