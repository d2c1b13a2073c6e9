import { describe, expect, it } from 'vitest'
import { ageOf } from './useOffHours'

describe('how long somebody who wrote outside the hours is listed (B24)', () => {
  const day = 86_400_000
  it.each([
    [0, 0, 7],
    [1.5 * day, 1.5 / 7, 5],
    [6.9 * day, 6.9 / 7, 0],
    [9 * day, 1, 0],
    [-day, 0, 7],
  ])('after %d ms', (age, part, left) => {
    const found = ageOf(10 * day, 10 * day + age)
    expect(found.part).toBeCloseTo(part)
    expect(found.left).toBe(left)
  })
})
