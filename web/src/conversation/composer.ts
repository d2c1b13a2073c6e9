import { computed, inject, nextTick, provide, shallowRef, type InjectionKey } from 'vue'
import { useI18n } from 'vue-i18n'
import type { ConversationDetail, ConversationRow } from '@/api'
import { now } from '@/i18n/clock'
import { useChannels } from '@/inbox'
import { attach, mostFiles, release, type Attachment } from '@/media'
import { notify } from '@/ui'
import { takeNote, takeReply, type Parcel } from './composer.send'
import { useDrafts } from './draft.store'
import { slotsOf } from './slots'
import { allows, windowNow } from './window'

/** What the composer is given: the conversation, and where its doings go. */
export interface ComposerPlace {
  row: () => ConversationRow | ConversationDetail
  detail: () => ConversationDetail | undefined
  send: (parcel: Parcel) => void
  /** openTemplates shows the drawer of approved messages. */
  openTemplates: () => void
  /** openLater asks when to send what was written. */
  openLater: () => void
}

/** The composer as its parts and tools see it. */
export type ComposerDesk = ReturnType<typeof makeComposer>

const key: InjectionKey<ComposerDesk> = Symbol('composer')

/** What WhatsApp takes in one message, in characters (whatsapp-cloud-api §2.2). */
const longest = 4096

/** makeComposer knows what may be written in a conversation now, what was begun, and how it is sent. */
function makeComposer(place: ComposerPlace) {
  const { t, te } = useI18n()
  const draft = useDrafts().of(place.row().id)
  const channels = useChannels()
  /** The box of words, while it is shown. */
  const box = shallowRef<HTMLTextAreaElement | null>(null)

  const state = computed(() => windowNow(place.row().window, now.value))
  const may = (what: string) => allows(place.row().window, what, now.value)
  const mayTemplate = computed(() => may('template') || may('utility'))
  const mayReply = computed(() => place.detail()?.can.reply.ok ?? true)
  const mayNote = computed(() => place.detail()?.can.note.ok ?? true)
  const noting = computed(() => draft.mode === 'note' && mayNote.value)
  const free = computed(() => may('free') && mayReply.value)
  const words = computed({
    get: () => (noting.value ? draft.note : draft.reply),
    set: (text) => (noting.value ? (draft.note = text) : (draft.reply = text)),
  })
  const uploading = computed(() => draft.attachments.some((one) => one.state !== 'ready'))
  /** Gaps of an inserted quick reply that are still open. */
  const slots = computed(() => slotsOf(words.value))
  /** Characters of the reply beyond what one message takes. */
  const over = computed(() => {
    if (noting.value || draft.reply.length <= longest) return 0
    return Math.max(0, [...draft.reply.trim()].length - longest)
  })
  const ready = computed(() => {
    if (noting.value) return draft.note.trim() !== ''
    if (slots.value.length || over.value) return false
    return !uploading.value && (draft.reply.trim() !== '' || draft.attachments.length > 0)
  })
  /** Why nothing can be sent now, in words; empty when it can. */
  const whyNot = computed(() => {
    if (ready.value) return ''
    if (!noting.value && slots.value.length)
      return t('quickReply.fill', { names: [...new Set(slots.value.map((slot) => slot.name))].join(', ') })
    if (over.value) return t('quickReply.tooLong', { limit: longest, over: over.value })
    return !noting.value && uploading.value ? t('conversation.file.wait') : t('conversation.writeFirst')
  })
  /** Why the box is closed, in words. */
  const closed = computed(() => {
    if (may('free') && !mayReply.value) {
      const reason = place.detail()?.can.reply.reason ?? ''
      return te('conversation.reason.' + reason)
        ? t('conversation.reason.' + reason)
        : reason || t('conversation.reason.reply')
    }
    if (state.value === 'template_only' && place.row().window.reason === 'window.never')
      return t('conversation.window.neverLong')
    const reason = 'conversation.windowLong.' + place.row().window.reason
    return te(reason) ? t(reason) : t('conversation.windowLong.' + state.value)
  })

  function focus(): void {
    void nextTick(() => box.value?.focus())
  }

  /** insert puts a text in the place of a part of the words, or of what is selected, and goes to its first slot or its end. */
  function insert(text: string, from?: number, to?: number): void {
    const start = from ?? box.value?.selectionStart ?? words.value.length
    const end = to ?? (from === undefined ? (box.value?.selectionEnd ?? start) : start)
    words.value = words.value.slice(0, start) + text + words.value.slice(end)
    void nextTick(() => {
      const slot = slotsOf(text)[0]
      box.value?.focus()
      if (slot) box.value?.setSelectionRange(start + slot.start, start + slot.end)
      else box.value?.setSelectionRange(start + text.length, start + text.length)
    })
  }

  function send(): void {
    if (!ready.value) return
    for (const parcel of noting.value ? takeNote(draft) : takeReply(draft)) place.send(parcel)
    focus()
  }

  function add(files: Iterable<File> | null | undefined): void {
    if (!files || noting.value || !free.value) return
    const { channel } = place.row().inbox
    for (const file of files) {
      if (draft.attachments.length >= mostFiles) {
        notify(t('conversation.file.tooMany', { most: mostFiles }))
        return
      }
      draft.attachments.push(attach(file, channel, channels.of(channel)))
    }
  }

  function remove(attachment: Attachment): void {
    release(attachment)
    draft.attachments = draft.attachments.filter((one) => one.key !== attachment.key)
    focus()
  }

  /** earlier moves a file one place forward: files leave in their order. */
  function earlier(attachment: Attachment): void {
    const at = draft.attachments.findIndex((one) => one.key === attachment.key)
    if (at > 0) draft.attachments.splice(at - 1, 2, draft.attachments[at]!, draft.attachments[at - 1]!)
  }

  function toggleNote(): void {
    draft.mode = draft.mode === 'note' ? 'reply' : 'note'
    focus()
  }

  const { row, detail, openTemplates, openLater } = place
  return {
    ...{
      row,
      detail,
      draft,
      box,
      words,
      openTemplates,
      openLater,
      focus,
      insert,
      send,
      post: place.send,
      add,
      remove,
      earlier,
      toggleNote,
    },
    ...{ state, free, noting, mayTemplate, mayReply, mayNote, slots, ready, whyNot, closed },
  }
}

/** provideComposer makes the composer of a conversation for the parts and tools below the component that calls it. */
export function provideComposer(place: ComposerPlace): ComposerDesk {
  const composer = makeComposer(place)
  provide(key, composer)
  return composer
}

/** useComposer is the composer this part or tool stands in. */
export function useComposer(): ComposerDesk {
  const composer = inject(key)
  if (!composer) throw new Error('outside a composer')
  return composer
}
