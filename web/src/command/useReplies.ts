import { shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { asProblem, type Id } from '@/api'
import { quickReplies, useDrafts, type QuickReply } from '@/conversation'
import { notify } from '@/ui'
import { asked } from './useSearch'

const pause = 120
const most = 12

/**
 * useReplies are the quick replies that fit the words behind "/". In an open conversation the chosen one is put behind what is
 * begun there; elsewhere it leads to where quick replies are kept.
 */
export function useReplies(typed: Ref<string>) {
  const { t } = useI18n()
  const router = useRouter()
  const drafts = useDrafts()
  const replies = shallowRef<QuickReply[]>([])
  const open = (): Id => {
    const { name, params } = router.currentRoute.value
    return name === 'desk' ? String(params.id ?? '') : ''
  }
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(text: string): Promise<void> {
    const mine = (running = new AbortController())
    const id = open()
    const answer = await (
      id ? quickReplies.suggest(id, text, mine.signal) : quickReplies.list('', text, '', most)
    ).catch(() => undefined)
    if (mine === running) replies.value = answer?.items?.slice(0, most) ?? []
  }

  watch(typed, (words) => {
    const { kind, text } = asked(words)
    clearTimeout(timer)
    running?.abort()
    if (kind === 'replies') timer = setTimeout(() => void ask(text), pause)
    else replies.value = []
  })

  async function use(reply: QuickReply): Promise<void> {
    const id = open()
    if (!id) return void router.push('/quick-replies')
    try {
      const { body } = await quickReplies.use(id, reply.id)
      const draft = drafts.of(id)
      draft.mode = 'reply'
      draft.reply = [draft.reply.trimEnd(), body].filter(Boolean).join(' ')
      document.getElementById('composer')?.querySelector('textarea')?.focus()
    } catch (error) {
      notify(asProblem(error).message || t('ui.problem.offline'), undefined, 'danger')
    }
  }

  return { replies, use }
}
