import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { useSession } from '@/account'
import type { Id, Message, Naming } from '@/api'
import type { Attachment } from '@/media'
import { conversations } from './conversation.api'

type Mode = 'reply' | 'note'

/** Draft is what was begun in one conversation and not sent: it never shows in another. */
export interface Draft {
  reply: string
  note: string
  mode: Mode
  /** Members chosen for the note; those whose name still stands in it are named. */
  named: Naming[]
  replyTo: Message['reply_to']
  attachments: Attachment[]
  /** What another screen of mine kept meanwhile, until one of the two is chosen. */
  other: Partial<Record<Mode, string>>
}

/** Standing is what the server is known to hold: a draft that differs has words it does not know yet. */
interface Standing {
  versions: Record<Mode, Id>
  texts: Record<Mode, string>
}

type Kept = Partial<Pick<Draft, 'reply' | 'note' | 'mode' | 'named'> & Standing>

const pause = 800
const modes: Mode[] = ['reply', 'note']

/**
 * Drafts by conversation. Words are kept on this device at once and on the server after a moment, so that they survive a reload,
 * an ended session and a change of device; chosen files live only as long as the page. Windows on one device share their words;
 * two devices never overwrite each other's.
 */
export const useDrafts = defineStore('drafts', () => {
  const prefix = `recado.draft.${useSession().user.id}.`
  const drafts = reactive(new Map<Id, Draft>())
  const standings = new Map<Id, Standing>()
  const waits = new Map<Id, ReturnType<typeof setTimeout>>()

  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(prefix)) of(key.slice(prefix.length))
  }
  addEventListener('storage', ({ key }) => key?.startsWith(prefix) && heardWindow(key.slice(prefix.length)))

  function of(conversation: Id): Draft {
    const known = drafts.get(conversation)
    if (known) return known
    const { reply = '', note = '', mode = 'reply', named = [], versions, texts } = kept(conversation)
    standings.set(conversation, {
      versions: { reply: '', note: '', ...versions },
      texts: { reply: '', note: '', ...texts },
    })
    drafts.set(conversation, { reply, note, mode, named, replyTo: null, attachments: [], other: {} })
    const draft = drafts.get(conversation)!
    watch(
      () => [draft.reply, draft.note, draft.mode, draft.named],
      () => {
        keep(conversation)
        if (modes.some((one) => unsaved(conversation, one))) later(conversation)
      },
    )
    return draft
  }

  const standing = (conversation: Id) => standings.get(conversation)!
  const unsaved = (conversation: Id, mode: Mode) =>
    drafts.get(conversation)![mode] !== standing(conversation).texts[mode]

  function kept(conversation: Id): Kept {
    try {
      return JSON.parse(localStorage.getItem(prefix + conversation) ?? '{}') as Kept
    } catch {
      return {}
    }
  }

  /** keep writes to this device. Of a draft that is empty here and on the server nothing is left. */
  function keep(conversation: Id): void {
    const { reply, note, mode, named } = of(conversation)
    const { versions, texts } = standing(conversation)
    if (!reply && !note && !versions.reply && !versions.note) return localStorage.removeItem(prefix + conversation)
    try {
      localStorage.setItem(prefix + conversation, JSON.stringify({ reply, note, mode, named, versions, texts }))
    } catch {
      // The browser's store is full. The words stay on the page, and the server gets them in a moment.
    }
  }

  function later(conversation: Id): void {
    clearTimeout(waits.get(conversation))
    waits.set(
      conversation,
      setTimeout(() => void save(conversation), pause),
    )
  }

  /** save tells the server what was typed. Without the network the words wait on this device until they are touched again. */
  async function save(conversation: Id): Promise<void> {
    const draft = of(conversation)
    const { versions, texts } = standing(conversation)
    for (const mode of modes) {
      if (!unsaved(conversation, mode) || draft.other[mode] !== undefined) continue
      const words = draft[mode]
      const now = await conversations.keepDraft(conversation, mode, words, versions[mode]).catch(() => undefined)
      if (!now) continue
      versions[mode] = now.version
      texts[mode] = now.text
      if (!now.kept) differ(draft, mode, words, now.text)
    }
    keep(conversation)
  }

  /** differ keeps both when another screen wrote other words: theirs beside mine, or in their place when there are none of mine. */
  function differ(draft: Draft, mode: Mode, mine: string, theirs: string): void {
    if (mine) draft.other[mode] = theirs
    else draft[mode] = theirs
  }

  /** meet asks the server what stands there when a conversation is opened: newer words of another screen, or none any more. */
  async function meet(conversation: Id): Promise<void> {
    const draft = of(conversation)
    const answer = await conversations.draft(conversation).catch(() => undefined)
    if (!answer) return
    const { versions, texts } = standing(conversation)
    for (const mode of modes) {
      const there = answer.items?.find((one) => one.mode === mode)
      const version = there?.version ?? ''
      if (version === versions[mode]) continue
      const mine = unsaved(conversation, mode) ? draft[mode] : ''
      versions[mode] = version
      texts[mode] = there?.text ?? ''
      if (!mine || (texts[mode] && texts[mode] !== mine)) differ(draft, mode, mine, texts[mode])
    }
    keep(conversation)
    if (modes.some((mode) => unsaved(conversation, mode))) later(conversation)
  }

  /** heardWindow takes over what another window on this device has written: it wrote last. */
  function heardWindow(conversation: Id): void {
    const draft = of(conversation)
    const { reply = '', note = '', named = [], versions, texts } = kept(conversation)
    standings.set(conversation, {
      versions: { reply: '', note: '', ...versions },
      texts: { reply: '', note: '', ...texts },
    })
    Object.assign(draft, { reply, note, named })
    clearTimeout(waits.get(conversation))
  }

  /** choose ends a difference between two screens: their words, or mine, which then stand on the server too. */
  function choose(conversation: Id, mode: Mode, theirs: boolean): void {
    const draft = of(conversation)
    if (theirs) draft[mode] = draft.other[mode] ?? ''
    delete draft.other[mode]
    later(conversation)
  }

  /** begin asks for all drafts, so that the list shows those of other devices too. */
  async function begin(): Promise<void> {
    const all = await conversations.drafts().catch(() => undefined)
    for (const { conversation_id: id, mode, text, version } of all?.items ?? []) {
      const draft = of(id)
      const { versions, texts } = standing(id)
      if (versions[mode] || draft[mode]) continue
      versions[mode] = version
      texts[mode] = text
      draft[mode] = text
    }
  }

  /** textOf is the begun reply of a conversation, for its row in the list. */
  const textOf = (conversation: Id) => drafts.get(conversation)?.reply.trim() ?? ''

  return { of, textOf, meet, choose, begin, save }
})
