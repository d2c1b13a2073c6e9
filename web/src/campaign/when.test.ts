import { describe, expect, it } from 'vitest'
import { wallOf } from '@/i18n/wall'
import { finishOf } from './when'

const minute = 60_000

describe('a wall clock in a zone', () => {
  it('shows a moment as people there see it', () => {
    expect(wallOf(Date.UTC(2026, 10, 28, 22, 7), 'America/Sao_Paulo')).toBe('2026-11-28T19:07')
    expect(wallOf(Date.UTC(2026, 2, 29, 1, 0), 'Europe/Madrid')).toBe('2026-03-29T03:00')
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
