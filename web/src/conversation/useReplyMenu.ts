import { computed, onScopeDispose, ref, shallowRef, useId } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem } from '@/api'
import { useLive } from '@/live'
import { notify } from '@/ui'
import { useComposer } from './composer'
import { quickReplies, type QuickReply } from './quickReply.api'
import { tokenAt, type Token } from './token'

/**
 * useReplyMenu is the "/" menu of the composer: it opens as one types, the focus stays in the box. What was found is kept until
 * somebody changes a quick reply, so that the same keys answer at once.
 */
export function useReplyMenu() {
  const { t } = useI18n()
  const { box, words, row, insert } = useComposer()
  const id = useId()
  const token = shallowRef<Token>()
  const items = shallowRef<QuickReply[]>([])
  const at = ref(0)
  const pending = ref(false)
  const failed = ref(false)
  const found = new Map<string, QuickReply[]>()
  /** The place of a "/" whose menu was closed with Esc. */
  let dismissed = -1
  let picking = false
  let call: AbortController | undefined

  const open = computed(() => token.value !== undefined && items.value.length > 0)
  /** What is said in place of replies, in words. */
  const says = computed(() => {
    if (!token.value || items.value.length || pending.value) return ''
    if (failed.value) return t('quickReply.menu.failed')
    return token.value.query.includes(' ') ? '' : t('quickReply.menu.none', { query: token.value.query })
  })

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
    const now = area.selectionStart === area.selectionEnd ? tokenAt(area.value, area.selectionStart, '/') : undefined
    if (!now) dismissed = -1
    if (!now || now.start === dismissed) return close()
    const same = token.value?.query === now.query
    token.value = now
    if (!same) void ask(now.query)
  }

  async function ask(query: string): Promise<void> {
    call?.abort()
    failed.value = false
    const known = found.get(query)
    if (known) return show(known)
    pending.value = true
    const mine = (call = new AbortController())
    try {
      const answer = (await quickReplies.suggest(row().id, query, mine.signal)).items
      found.set(query, answer)
      if (call === mine && token.value) show(answer)
    } catch (error) {
      if (call !== mine || mine.signal.aborted) return
      failed.value = asProblem(error).status !== 404
      show([])
    }
  }

  function show(answer: QuickReply[]): void {
    pending.value = false
    items.value = answer
    at.value = 0
    if (picking) void pick(0)
  }

  /** pick inserts a reply in the place of what was typed; while the answer is on its way it waits for it. */
  async function pick(index: number): Promise<void> {
    if (pending.value) return void (picking = true)
    const reply = items.value[index]
    const place = token.value
    close()
    if (!reply || !place) return
    const use = quickReplies.use(row().id, reply.id)
    if (reply.whole) {
      insert(reply.body, place.start, place.end)
      return void use.catch(() => undefined) // only the count is lost
    }
    const typed = words.value
    try {
      const { body } = await use
      if (words.value === typed) insert(body, place.start, place.end)
      else insert(body)
    } catch (error) {
      notify(asProblem(error).message || t('ui.problem.offline'), undefined, 'danger')
    }
  }

  /** key takes the keys of the menu while it is open, and tells whether it did. */
  function key(event: KeyboardEvent): boolean {
    if (!token.value || event.ctrlKey || event.metaKey || event.altKey) return false
    if (event.key === 'Escape') {
      dismissed = token.value.start
      close()
      return true
    }
    if (!open.value) return event.key === 'Enter' && !event.shiftKey && pending.value ? (void pick(0), true) : false
    const count = items.value.length
    if (event.key === 'ArrowDown') at.value = (at.value + 1) % count
    else if (event.key === 'ArrowUp') at.value = (at.value + count - 1) % count
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) void pick(at.value)
    else return false
    return true
  }

  const forget = () => found.clear()
  const live = useLive()
  live.on('quick_replies', forget)
  live.onRefetch(forget)
  onScopeDispose(close)
  const optionId = (index: number) => `${id}-${index}`
  return { id, open, items, at, says, pending, look, key, pick, close, optionId }
}
