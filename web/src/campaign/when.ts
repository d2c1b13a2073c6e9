import type { Pace } from './campaign.types'

const minute = 60_000

/** wallOf writes a moment as the wall clock of a zone shows it, in the form of a date-time field. */
export function wallOf(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]))
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** finishOf is when the last slice of a gradual sending goes out; the start when all goes at once. */
export function finishOf(start: number, people: number, pace: Pick<Pace, 'per_slice' | 'every_minutes'>): number {
  if (pace.per_slice <= 0 || pace.every_minutes <= 0 || people <= 0) return start
  return start + (Math.ceil(people / pace.per_slice) - 1) * pace.every_minutes * minute
}
