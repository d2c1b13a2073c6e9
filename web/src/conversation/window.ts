import type { Tone } from '@/ui'
import type { WindowState } from '@/api'
import { countdown } from '@/i18n/format'

const minute = 60_000
const hour = 60 * minute
/** The server keeps the last minute to itself: what leaves in it may arrive too late. */
const margin = minute

export interface WindowChip {
  tone: Tone
  /** Key of the words below conversation.window. */
  words: 'open' | 'closes' | 'closed' | 'optedOut' | 'account'
  left: number
  /** Minutes and seconds, in the last quarter of an hour. */
  clock: string
}

/** windowNow is the state as time goes on: the server decided it, the desk only notices when the window has run out. */
export function windowNow(window: WindowState, at: number): WindowState['state'] {
  return window.state === 'open' && window.until > 0 && at >= window.until - margin ? 'template_only' : window.state
}

/** windowChip says how the window stands. Above two hours it is calm, then amber, and red in the last quarter of an hour. */
export function windowChip(window: WindowState, at: number): WindowChip {
  const state = windowNow(window, at)
  const left = window.until - margin - at
  if (state === 'account_problem') return { tone: 'danger', words: 'account', left, clock: '' }
  if (state === 'opted_out') return { tone: 'warn', words: 'optedOut', left, clock: '' }
  if (state === 'template_only') return { tone: 'neutral', words: 'closed', left, clock: '' }
  if (left > 2 * hour) return { tone: 'neutral', words: 'open', left, clock: '' }
  if (left > 15 * minute) return { tone: 'warn', words: 'closes', left, clock: '' }
  return { tone: 'danger', words: 'closes', left, clock: countdown(left) }
}
