import type { HoursHoliday, HoursInputBody, HoursInterval, NumberHours } from '@/api/generated/types.gen'
import { differ } from '@/settings/useSettingsForm'

/** HoursForm is what is edited of a number's hours. */
export type HoursForm = Omit<HoursInputBody, 'version'>

/** most is how many intervals a day may have. */
export const most = 3

/** formOf gives what is edited of hours. */
export function formOf({ always, time_zone, days, holidays, unavailable }: NumberHours): HoursForm {
  // A switch that was never touched is off, so that looking at it changes nothing.
  return { always, time_zone, days, holidays, unavailable: { ...unavailable, notify: unavailable.notify ?? false } }
}

/** changes counts the fields in which two forms differ; a day is one field. */
export const changes = (a: HoursForm, b: HoursForm): number => {
  const { days: daysA, ...restA } = a
  const { days: daysB, ...restB } = b
  return differ(restA, restB) + differ(daysA, daysB)
}

/** minutes reads 00:00-24:00; undefined for anything else. */
export function minutes(time: string): number | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(time.trim())
  if (!found) return undefined
  const at = Number(found[1]) * 60 + Number(found[2])
  return Number(found[2]) < 60 && at <= 1440 ? at : undefined
}

/** Piece is a part of a day that is drawn, in hundredths of it. */
export interface Piece {
  start: number
  width: number
  doubled: boolean
}

/** drawn gives the parts of a day with people, what runs into it from the day before included, and marks what overlaps. */
export function drawn(day: HoursInterval[], before: HoursInterval[]): Piece[] {
  const spans: [number, number][] = []
  const read = (list: HoursInterval[], shift: number) => {
    for (const one of list) {
      const from = minutes(one.from)
      const to = minutes(one.to)
      if (from === undefined || to === undefined) continue
      const end = to <= from ? to + 1440 : to
      const span: [number, number] = [Math.max(0, from - shift), Math.min(1440, end - shift)]
      if (span[1] > span[0]) spans.push(span)
    }
  }
  read(day, 0)
  read(before, 1440)
  return spans.map(([from, to], i) => ({
    start: (from / 1440) * 100,
    width: ((to - from) / 1440) * 100,
    doubled: spans.some((other, j) => i !== j && other[0] < to && from < other[1]),
  }))
}

/** pasted reads holidays, one a line as "25/12 - Christmas", and gives back the lines it does not understand. */
export function pasted(text: string): { holidays: HoursHoliday[]; rest: string[] } {
  const holidays: HoursHoliday[] = []
  const rest: string[] = []
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (!line) continue
    const found = /^(\d{1,2}\/\d{1,2}(?:\/\d{4})?)\s*[-–—:;,\t ]\s*(\S.*)$/.exec(line)
    if (found) holidays.push({ date: found[1]!, name: found[2]!.replace(/^[-–—:;,]\s*/, ''), intervals: [] })
    else rest.push(line)
  }
  return { holidays, rest }
}
