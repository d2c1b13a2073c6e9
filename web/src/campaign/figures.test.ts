import { describe, expect, it } from 'vitest'
import { responseRate, tilesOf } from './figures'

const figures = { made: 200, accepted: 180, delivered: 160, read: 80, replied: 40, failed: 20, left_out: 7 }

describe('the figures of a report', () => {
  it('are shares of what they are part of', () => {
    const rates = Object.fromEntries(tilesOf(figures).map(({ key, rate }) => [key, rate]))
    expect(rates).toEqual({
      made: undefined,
      accepted: 0.9,
      delivered: 0.8,
      read: 0.5,
      replied: 0.25,
      failed: 0.1,
      leftOut: undefined,
    })
  })

  it('have no shares of nothing', () => {
    expect(responseRate({ ...figures, delivered: 0, replied: 0 })).toBeUndefined()
  })
})
