import { reactive } from 'vue'
import { asProblem, upload, type FileRef, type Problem } from '@/api'
import { judge, type Carried, type MediaKind, type Verdict } from './limits'

/** Attachment is a file chosen for a message, on its way to the server or there. */
export interface Attachment {
  key: number
  file: File
  channel: string
  kind: MediaKind
  state: 'refused' | 'waiting' | 'uploading' | 'ready' | 'failed'
  verdict: Verdict
  /** It is handed over as a document, whatever it is. */
  asDocument: boolean
  /** The server found that it is something else than its name says. */
  unmasked: boolean
  /** From 0 to 1. */
  progress: number
  /** The local picture, for images and videos. */
  preview: string
  stored: FileRef | undefined
  problem: Problem | undefined
  abort: AbortController
}

/** Files of one message, and uploads at once: fifty chosen files take turns. */
export const mostFiles = 50
const atOnce = 3
/** Larger pictures are not unfolded for the tray: a small file can hold a huge one. */
const previewBytes = 10 * 1024 * 1024
let last = 0
let running = 0
const queue: Attachment[] = []

/** attach judges a file by what the channel carries and, when it can be sent, starts its upload. */
export function attach(file: File, channel: string, can: Carried): Attachment {
  const verdict = judge(file, can)
  const attachment = reactive({
    key: ++last,
    file,
    channel,
    kind: verdict.kind,
    state: verdict.refusal ? 'refused' : 'waiting',
    verdict,
    asDocument: verdict.kind === 'document' && verdict.asDocument,
    unmasked: false,
    progress: 0,
    preview: verdict.kind === 'image' && file.size <= previewBytes ? URL.createObjectURL(file) : '',
    stored: undefined,
    problem: undefined,
    abort: new AbortController(),
  }) as Attachment
  if (!verdict.refusal) start(attachment)
  return attachment
}

/** start uploads an attachment when its turn comes, or does so again after a failure. */
export function start(attachment: Attachment): void {
  Object.assign(attachment, { state: 'waiting', progress: 0, problem: undefined })
  queue.push(attachment)
  next()
}

function next(): void {
  while (running < atOnce) {
    const attachment = queue.shift()
    if (!attachment) return
    if (attachment.abort.signal.aborted) continue
    running++
    void send(attachment).finally(() => {
      running--
      next()
    })
  }
}

async function send(attachment: Attachment): Promise<void> {
  attachment.state = 'uploading'
  const as = attachment.asDocument ? '&as=document' : ''
  const tell = (share: number) => (attachment.progress = share)
  try {
    const path = '/files?channel=' + encodeURIComponent(attachment.channel) + as
    attachment.stored = await upload<FileRef>(path, attachment.file, tell, attachment.abort.signal)
    settle(attachment, attachment.stored.kind)
    attachment.state = 'ready'
  } catch (error) {
    attachment.problem = asProblem(error)
    attachment.state = 'failed'
  }
}

/** settle takes the server's word for what a file is. Stickers are made elsewhere: a picture of their type goes as a document. */
function settle(attachment: Attachment, found: string | undefined): void {
  const kind = attachment.asDocument || !found || found === 'sticker' ? 'document' : (found as MediaKind)
  attachment.unmasked = kind !== attachment.kind && attachment.kind !== 'document'
  attachment.kind = kind
}

/** sendAsDocument overrules the judgement where a document is allowed. */
export function sendAsDocument(attachment: Attachment): void {
  Object.assign(attachment, { kind: 'document', asDocument: true })
  start(attachment)
}

/** release stops an upload and gives the picture's memory back. */
export function release(attachment: Attachment): void {
  attachment.abort.abort()
  if (attachment.preview) URL.revokeObjectURL(attachment.preview)
}
