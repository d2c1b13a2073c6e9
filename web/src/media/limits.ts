import type { Channel } from '@/api'

export type MediaKind = 'image' | 'video' | 'audio' | 'document'

/** What a channel takes, as the server tells it; undefined until it has. */
export type Carried = Pick<Channel, 'media' | 'documents'> | undefined

export interface Verdict {
  kind: MediaKind
  /** Why it cannot go as it is; empty when it can. */
  refusal: '' | 'empty' | 'too_large' | 'kind'
  /** Too large for its kind, or of a type that kind does not take, but it can go as a document. */
  asDocument: boolean
  /** Bytes its kind may have; 0 when it is not known. */
  limit: number
}

/** Other names browsers have for types the server knows. */
const usual: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/mp3': 'audio/mpeg',
  'image/jpg': 'image/jpeg',
}

/** judge says as what a file can be sent, before any of it is uploaded. What the channel carries is the server's word. */
export function judge(file: { type: string; size: number }, can: Carried): Verdict {
  const type = usual[file.type] ?? file.type
  const family = (['image', 'video', 'audio'] as const).find((one) => type.startsWith(one + '/'))
  if (file.size === 0) return { kind: 'document', refusal: 'empty', asDocument: false, limit: 0 }
  if (!can) return { kind: family ?? 'document', refusal: '', asDocument: false, limit: 0 }
  const own = (can.media ?? []).find((one) => one.kind === family && one.mimes?.includes(type))
  const documents = can.documents
  const most = documents?.bytes ?? 0
  if (own && file.size <= own.bytes) return { kind: family!, refusal: '', asDocument: false, limit: own.bytes }
  const handed = documents !== null && file.size <= most && (documents.mimes?.includes(type) ?? false)
  if (own) return { kind: family!, refusal: 'too_large', asDocument: handed, limit: own.bytes }
  if (file.size > most) return { kind: 'document', refusal: 'too_large', asDocument: false, limit: most }
  // Names of other types are often wrong: the server looks at the bytes. Pictures, films and sound name theirs well.
  if (family && !handed) return { kind: family, refusal: 'kind', asDocument: false, limit: most }
  return { kind: 'document', refusal: '', asDocument: handed, limit: most }
}
