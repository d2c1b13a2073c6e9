import type { Id } from '@/api'

const key = 'recado.recent'
const most = 6

/** recentIds are the conversations opened last in this window, the newest first. Only ids are kept. */
export function recentIds(): Id[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

/** noteOpened remembers that a conversation was opened. */
export function noteOpened(id: Id): void {
  const ids = [id, ...recentIds().filter((one) => one !== id)].slice(0, most)
  sessionStorage.setItem(key, JSON.stringify(ids))
}
