import type { MessageDraft } from '@/api'
import { release } from '@/media'
import type { Draft } from './draft.store'
import type { Pending } from './outbox.store'

/** Parcel is one message on its way, and how its bubble looks until the server knows it. */
export interface Parcel {
  message: Omit<MessageDraft, 'client_id'>
  shown: Pending['shown']
}

/** takeNote empties the note of a draft into one parcel, with whom it still names, and goes back to the reply. */
export function takeNote(draft: Draft): Parcel[] {
  const text = draft.note.trim()
  const mentions = draft.named.filter((one) => text.includes('@' + one.name)).map((one) => one.user_id)
  Object.assign(draft, { note: '', mode: 'reply', named: [] })
  return [{ message: { kind: 'note', text, ...(mentions.length && { mentions }) }, shown: {} }]
}

/**
 * takeReply empties the reply of a draft into parcels, in the order they leave. Words travel as the caption of the first file
 * that can carry them; recordings carry none on WhatsApp, so words go before them as a message.
 */
export function takeReply(draft: Draft): Parcel[] {
  const parcels: Parcel[] = []
  const text = draft.reply.trim()
  const reply = draft.replyTo
  const quoted = reply ? { reply_to_id: reply.id } : {}
  const carrier = draft.attachments.find((one) => one.kind !== 'audio')
  if (text && !carrier)
    parcels.push({ message: { kind: 'text', text, ...quoted }, shown: reply ? { replyTo: reply } : {} })
  draft.attachments.forEach((one, at) => {
    const caption = one === carrier && text ? { text } : {}
    const answers = at === 0 && !(text && !carrier) ? quoted : {}
    parcels.push({
      message: { kind: one.kind, file_id: one.stored!.id, ...caption, ...answers },
      shown: { file: { ...one.stored!, state: 'ready' } },
    })
    release(one)
  })
  Object.assign(draft, { reply: '', replyTo: null, attachments: [] })
  return parcels
}
