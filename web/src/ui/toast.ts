import { shallowReactive } from 'vue'

/** Notice is a short word about something that just happened, with at most one thing to do about it. */
export interface Notice {
  id: number
  text: string
  tone: 'plain' | 'danger'
  action?: { label: string; run: () => unknown } | undefined
}

export const notices = shallowReactive<Notice[]>([])
const stay = 8000
let last = 0

/** notify shows a notice for 8 seconds. It is never the only place of an error. */
export function notify(text: string, action?: Notice['action'], tone: Notice['tone'] = 'plain'): number {
  const id = ++last
  notices.push({ id, text, tone, action })
  if (notices.length > 4) notices.shift()
  setTimeout(() => dismiss(id), stay)
  return id
}

export function dismiss(id: number): void {
  const at = notices.findIndex((notice) => notice.id === id)
  if (at >= 0) notices.splice(at, 1)
}
