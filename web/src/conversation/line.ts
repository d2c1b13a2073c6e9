import type { FileRef, Id, Message } from '@/api'

/** What a reader does at a line of the thread; its chunk and the log hand it on. */
export type LineEvents = {
  menu: [message: Message, at: HTMLElement]
  quote: [message: Message]
  retry: [message: Message]
  withdraw: [message: Message]
  letGo: [message: Message]
  details: [message: Message]
  view: [file: FileRef]
  jump: [id: Id]
}
