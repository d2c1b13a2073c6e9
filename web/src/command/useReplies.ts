import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { asProblem, type Id } from '@/api'
import { quickReplies, useDrafts, type QuickReply } from '@/conversation'
import { notify } from '@/ui'

const most = 12

/**
 * useReplies finds quick replies by words. In an open conversation the chosen one is put behind what is begun there; elsewhere it leads
 * to where quick replies are kept.
 */
export function useReplies() {
  const { t } = useI18n()
  const router = useRouter()
  const drafts = useDrafts()
  const open = (): Id => {
    const { name, params } = router.currentRoute.value
    return name === 'desk' ? String(params.id ?? '') : ''
  }

  async function find(text: string, signal: AbortSignal): Promise<QuickReply[]> {
    const id = open()
    const { items } = await (id ? quickReplies.suggest(id, text, signal) : quickReplies.list('', text, '', most))
    return items.slice(0, most)
  }

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

  return { find, use }
}
