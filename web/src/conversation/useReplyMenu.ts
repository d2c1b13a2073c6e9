import { useI18n } from 'vue-i18n'
import { asProblem } from '@/api'
import { useLive } from '@/live'
import { notify } from '@/ui'
import { useComposer } from './composer'
import { quickReplies, type QuickReply } from './quickReply.api'
import { tokenAt, type Token } from './token'
import { useSuggest } from './useSuggest'

/**
 * useReplyMenu is the "/" menu of the composer. What was found is kept until somebody changes a quick reply, so that the same keys
 * answer at once.
 */
export function useReplyMenu() {
  const { t } = useI18n()
  const { words, row, insert } = useComposer()
  const found = new Map<string, QuickReply[]>()

  async function ask(query: string, signal: AbortSignal): Promise<QuickReply[]> {
    try {
      const { items } = await quickReplies.suggest(row().id, query, signal)
      found.set(query, items)
      return items
    } catch (error) {
      if (asProblem(error).status === 404) return []
      throw error
    }
  }

  async function choose(reply: QuickReply, place: Token): Promise<void> {
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

  const forget = () => found.clear()
  const live = useLive()
  live.on('quick_replies', forget)
  live.onRefetch(forget)
  return useSuggest<QuickReply>({
    tokenAt: (text, caret) => tokenAt(text, caret, '/'),
    find: (query, signal) => found.get(query) ?? ask(query, signal),
    choose: (reply, place) => void choose(reply, place),
  })
}
