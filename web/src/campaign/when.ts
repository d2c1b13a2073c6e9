import type { Pace } from './campaign.types'

const minute = 60_000

/** finishOf is when the last slice of a gradual sending goes out; the start when all goes at once. */
export function finishOf(start: number, people: number, pace: Pick<Pace, 'per_slice' | 'every_minutes'>): number {
  if (pace.per_slice <= 0 || pace.every_minutes <= 0 || people <= 0) return start
  return start + (Math.ceil(people / pace.per_slice) - 1) * pace.every_minutes * minute
}
