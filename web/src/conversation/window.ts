import type { Tone } from '@/ui'
import type { WindowState } from '@/api'
import { countdown } from '@/i18n/format'

const minute = 60_000
const hour = 60 * minute
/** The server keeps the last minute to itself: what leaves in it may arrive too late. */
const margin = minute

/** Words of the chip, below conversation.window. */
export type WindowWords =
  'open' | 'closes' | 'people' | 'closed' | 'quota' | 'paid' | 'wait' | 'optedOut' | 'account' | 'free'

export interface WindowChip {
  tone: Tone
  words: WindowWords
  left: number
  /** Minutes and seconds, in the last quarter of an hour. */
  clock: string
}

/** runOut tells whether the period the server spoke of has ended. Where nothing ends, it never has. */
export function runOut(window: WindowState, at: number): boolean {
  const ends = window.state === 'open' || window.state === 'open_human' || window.state === 'opted_out'
  return ends && window.until > 0 && at >= window.until - margin
}

/** windowNow is the state as time goes on: the server decided it, the desk only notices when the window has run out. */
export function windowNow(window: WindowState, at: number): WindowState['state'] {
  return runOut(window, at) && window.state !== 'opted_out' ? 'template_only' : window.state
}

/** allows tells whether something may be said at a time: free, media, template, utility. */
export function allows(window: WindowState, what: string, at: number): boolean {
  if (!runOut(window, at)) return window.allowed.includes(what)
  // What is left is the server's to say; until it has, only what was approved beforehand.
  return (what === 'template' || what === 'utility') && window.allowed.includes(what)
}

/** windowChip says how the window stands. Above two hours it is calm, then amber, and red in the last quarter of an hour. */
export function windowChip(window: WindowState, at: number): WindowChip {
  const left = window.until - margin - at
  const chip = (words: WindowWords, tone: Tone = 'neutral', clock = ''): WindowChip => ({ tone, words, left, clock })
  switch (windowNow(window, at)) {
    case 'account_problem':
      return chip('account', 'danger')
    case 'opted_out':
      return chip('optedOut', 'warn')
    case 'open_human':
      return chip('people', 'warn')
    case 'paid_push':
      return window.cost_hint.kind === 'quota' && window.cost_hint.left >= 0
        ? chip('quota', 'warn')
        : chip('paid', 'warn')
    case 'blocked':
    case 'no_identity':
      return chip('wait')
    case 'template_only':
      return window.cost_hint.kind === 'free' && at < window.cost_hint.until ? chip('free', 'ok') : chip('closed')
  }
  if (window.until === 0 || left > 2 * hour) return chip('open')
  if (left > 15 * minute) return chip('closes', 'warn')
  return chip('closes', 'danger', countdown(left))
}
