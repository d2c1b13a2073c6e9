import { describe, expect, it } from 'vitest'
import { finishOf, momentOf, wallOf } from './when'

const minute = 60_000

describe('a wall clock in a zone', () => {
  it('is read and written the same way', () => {
    const at = Date.UTC(2026, 10, 28, 22, 7)
    expect(wallOf(at, 'America/Sao_Paulo')).toBe('2026-11-28T19:07')
    expect(momentOf('2026-11-28T19:07', 'America/Sao_Paulo')).toBe(at)
  })

  it('knows on which side of a clock change it is', () => {
    for (const wall of ['2026-03-29T01:30', '2026-03-29T03:30', '2026-10-25T12:00']) {
      expect(wallOf(momentOf(wall, 'Europe/Madrid'), 'Europe/Madrid')).toBe(wall)
    }
  })

  it('is no moment when it is no time', () => {
    expect(momentOf('', 'UTC')).toBeNaN()
  })
})

describe('gradual sending', () => {
  it('ends with the start of its last slice', () => {
    expect(finishOf(0, 1000, { per_slice: 200, every_minutes: 10 })).toBe(40 * minute)
    expect(finishOf(0, 1001, { per_slice: 200, every_minutes: 10 })).toBe(50 * minute)
  })

  it('takes no time when all goes at once', () => {
    expect(finishOf(7, 1000, { per_slice: 0, every_minutes: 0 })).toBe(7)
    expect(finishOf(7, 0, { per_slice: 200, every_minutes: 10 })).toBe(7)
  })
})
