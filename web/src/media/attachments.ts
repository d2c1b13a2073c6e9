import { reactive } from 'vue'
import { asProblem, upload, type FileRef, type Problem } from '@/api'
import { judge, type MediaKind, type Verdict } from './limits'

/** Attachment is a file chosen for a message, on its way to the server or there. */
export interface Attachment {
  key: number
  file: File
  kind: MediaKind
  state: 'refused' | 'uploading' | 'ready' | 'failed'
  verdict: Verdict
  /** From 0 to 1. */
  progress: number
  /** The local picture, for images and videos. */
  preview: string
  stored: FileRef | undefined
  problem: Problem | undefined
  abort: AbortController
}

let last = 0

/** attach judges a file and, when it can be sent, starts its upload. */
export function attach(file: File): Attachment {
  const verdict = judge(file)
  const seen = verdict.kind === 'image' || verdict.kind === 'video'
  const attachment = reactive({
    key: ++last,
    file,
    kind: verdict.kind,
    state: verdict.refusal ? 'refused' : 'uploading',
    verdict,
    progress: 0,
    preview: seen ? URL.createObjectURL(file) : '',
    stored: undefined,
    problem: undefined,
    abort: new AbortController(),
  }) as Attachment
  if (!verdict.refusal) void start(attachment)
  return attachment
}

/** start uploads an attachment, or does so again after a failure. */
export async function start(attachment: Attachment): Promise<void> {
  attachment.state = 'uploading'
  attachment.progress = 0
  attachment.problem = undefined
  const tell = (share: number) => (attachment.progress = share)
  try {
    attachment.stored = await upload<FileRef>('/files', attachment.file, tell, attachment.abort.signal)
    attachment.state = 'ready'
  } catch (error) {
    attachment.problem = asProblem(error)
    attachment.state = 'failed'
  }
}

/** sendAsDocument overrules the judgement where a document is allowed. */
export function sendAsDocument(attachment: Attachment): void {
  attachment.kind = 'document'
  void start(attachment)
}

/** release stops an upload and gives the picture's memory back. */
export function release(attachment: Attachment): void {
  attachment.abort.abort()
  if (attachment.preview) URL.revokeObjectURL(attachment.preview)
}
