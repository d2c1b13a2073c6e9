import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { useSession } from '@/account'
import type { Id, Message } from '@/api'
import type { Attachment } from '@/media'

/** Draft is what was begun in one conversation and not sent: it never shows in another. */
export interface Draft {
  reply: string
  note: string
  mode: 'reply' | 'note'
  replyTo: Message['reply_to']
  attachments: Attachment[]
}

/** Drafts by conversation. Words survive a reload on this device; chosen files only as long as the page lives. */
export const useDrafts = defineStore('drafts', () => {
  const prefix = `recado.draft.${useSession().user.id}.`
  const drafts = reactive(new Map<Id, Draft>())

  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix)) of(key.slice(prefix.length))
  }

  function of(conversation: Id): Draft {
    const known = drafts.get(conversation)
    if (known) return known
    drafts.set(conversation, {
      reply: '',
      note: '',
      mode: 'reply',
      replyTo: null,
      attachments: [],
      ...kept(conversation),
    })
    const draft = drafts.get(conversation)!
    watch(
      () => [draft.reply, draft.note, draft.mode],
      () => keep(conversation, draft),
    )
    return draft
  }

  function kept(conversation: Id): Partial<Draft> {
    try {
      return JSON.parse(localStorage.getItem(prefix + conversation) ?? '{}') as Partial<Draft>
    } catch {
      return {}
    }
  }

  function keep(conversation: Id, { reply, note, mode }: Draft): void {
    if (!reply && !note) return localStorage.removeItem(prefix + conversation)
    localStorage.setItem(prefix + conversation, JSON.stringify({ reply, note, mode }))
  }

  /** textOf is the begun reply of a conversation, for its row in the list. */
  const textOf = (conversation: Id) => drafts.get(conversation)?.reply.trim() ?? ''

  return { of, textOf }
})
