/** The periods people choose from; dates are two days of their own. */
export const periods = ['today', '7d', '30d', 'month', 'lastMonth', 'dates'] as const
export type Period = (typeof periods)[number]

export const isPeriod = (text: unknown): text is Period => periods.includes(text as Period)

/** Range is from a moment up to, and without, another one; what is missing is open. */
export interface Range {
  from?: number
  until?: number
}

/** rangeOf gives the moments of a period in the time of this device. Of two dates the second day is within. */
export function rangeOf(period: string, first: string, last: string, now = new Date()): Range {
  const day = (ago: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago).getTime()
  const month = (ago: number) => new Date(now.getFullYear(), now.getMonth() - ago, 1).getTime()
  switch (period) {
    case 'today':
      return { from: day(0) }
    case '7d':
      return { from: day(6) }
    case '30d':
      return { from: day(29) }
    case 'month':
      return { from: month(0) }
    case 'lastMonth':
      return { from: month(1), until: month(0) }
    case 'dates':
      return { ...at('from', first, 0), ...at('until', last, 1) }
  }
  return {}
}

/** at reads a date as a field gives it, 2026-11-30, at the beginning of that day or of one after it. */
function at(name: keyof Range, text: string, later: number): Range {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!parts) return {}
  return { [name]: new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + later).getTime() }
}
