/** Sizes in bytes and types that WhatsApp takes by kind of message (whatsapp-cloud-api, media). */
export const limits = {
  image: { bytes: 5 * 1024 * 1024, types: ['image/jpeg', 'image/png'] },
  video: { bytes: 16 * 1024 * 1024, types: ['video/mp4', 'video/3gpp'] },
  audio: {
    bytes: 16 * 1024 * 1024,
    types: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/x-m4a'],
  },
  document: { bytes: 100 * 1024 * 1024, types: [] as string[] },
} as const

export type MediaKind = keyof typeof limits

export interface Verdict {
  kind: MediaKind
  /** Why it cannot go as it is; empty when it can. */
  refusal: '' | 'empty' | 'too_large'
  /** Too large for its kind, or of a type that kind does not take, but it can go as a document. */
  asDocument: boolean
}

/** judge says as what a file can be sent, before any of it is uploaded. */
export function judge(file: { type: string; size: number }): Verdict {
  if (file.size === 0) return { kind: 'document', refusal: 'empty', asDocument: false }
  const kind = (['image', 'video', 'audio'] as const).find((one) => limits[one].types.includes(file.type as never))
  if (kind && file.size <= limits[kind].bytes) return { kind, refusal: '', asDocument: false }
  if (file.size > limits.document.bytes) return { kind: kind ?? 'document', refusal: 'too_large', asDocument: false }
  if (kind) return { kind, refusal: 'too_large', asDocument: true }
  return { kind: 'document', refusal: '', asDocument: false }
}
