import type { ConversationRow, Millis } from '@/api'

/** Deadline is a stretch of time in which the first answer is due. */
export type Deadline = NonNullable<ConversationRow['answer_by']>

/** How much of the time is left when it begins to press. */
const pressing = 0.25

/** deadlineChip says how long until a deadline as minutes and seconds, how it presses, and whether it is over. */
export function deadlineChip(deadline: Deadline | null, at: Millis) {
  const left = (deadline?.until ?? at) - at
  const whole = Math.max(1, (deadline?.until ?? at) - (deadline?.from ?? at))
  const tone = left <= 0 ? 'danger' : left < whole * pressing ? 'warn' : undefined
  return { tone, left: clock(Math.abs(left)), late: left <= 0 } as const
}

function clock(span: Millis): string {
  const seconds = Math.floor(span / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
