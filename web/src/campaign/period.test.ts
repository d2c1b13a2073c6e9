import { describe, expect, it } from 'vitest'
import { isPeriod, rangeOf } from './period'

const now = new Date(2026, 10, 26, 15, 30)
const day = (year: number, month: number, date: number) => new Date(year, month - 1, date).getTime()

describe('periods', () => {
  it('begin with a day of this device', () => {
    expect(rangeOf('today', '', '', now)).toEqual({ from: day(2026, 11, 26) })
    expect(rangeOf('7d', '', '', now)).toEqual({ from: day(2026, 11, 20) })
    expect(rangeOf('30d', '', '', now)).toEqual({ from: day(2026, 10, 28) })
    expect(rangeOf('month', '', '', now)).toEqual({ from: day(2026, 11, 1) })
  })

  it('end with the month, or with the last day that was chosen', () => {
    expect(rangeOf('lastMonth', '', '', new Date(2026, 0, 3))).toEqual({
      from: day(2025, 12, 1),
      until: day(2026, 1, 1),
    })
    expect(rangeOf('dates', '2026-11-01', '2026-11-30', now)).toEqual({
      from: day(2026, 11, 1),
      until: day(2026, 12, 1),
    })
  })

  it('leave open what is not chosen or makes no sense', () => {
    expect(rangeOf('', '', '', now)).toEqual({})
    expect(rangeOf('dates', '', 'tomorrow', now)).toEqual({})
    expect(isPeriod('century')).toBe(false)
  })
})
