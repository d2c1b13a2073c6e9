import type { ConversationRow, Millis } from '@/api'

/** Deadline is a stretch of time in which the first answer is due. */
export type Deadline = NonNullable<ConversationRow['answer_by']>

/** How much of the time is left when it begins to press. */
const pressing = 0.25

/** deadlineChip says how long until a deadline as minutes and seconds, how it presses, and whether it is over. */
export function deadlineChip(deadline: Deadline | null, at: Millis) {
  const { from, until, pauses = [] } = deadline ?? { from: at, until: at }
  const left = counted(at, until, pauses)
  const whole = Math.max(1, counted(from, until, pauses))
  const tone = left <= 0 ? 'danger' : left < whole * pressing ? 'warn' : undefined
  const paused = pauses.some((one) => one.from <= at && at < one.until)
  return { tone, left: clock(Math.abs(left)), late: left <= 0, paused } as const
}

/** counted is the time between two moments without the pauses in it. */
function counted(from: Millis, until: Millis, pauses: { from: Millis; until: Millis }[]): Millis {
  return pauses.reduce(
    (sum, one) => sum - Math.max(0, Math.min(until, one.until) - Math.max(from, one.from)),
    until - from,
  )
}

function clock(span: Millis): string {
  const seconds = Math.floor(span / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
