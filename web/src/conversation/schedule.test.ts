import { describe, expect, it } from 'vitest'
import { wallOf } from '@/i18n/wall'
import { presetOf } from './schedule'

describe('presets', () => {
  const tuesday = new Date(2026, 10, 24, 15, 30)
  it('means an hour from now, tomorrow or the next Monday at nine', () => {
    expect(wallOf(tuesday)).toBe('2026-11-24T15:30')
    expect(presetOf('hour', tuesday)).toBe('2026-11-24T16:30')
    expect(presetOf('tomorrow', tuesday)).toBe('2026-11-25T09:00')
    expect(presetOf('monday', tuesday)).toBe('2026-11-30T09:00')
  })
  it('never means today', () => {
    expect(presetOf('monday', new Date(2026, 10, 30, 8, 0))).toBe('2026-12-07T09:00')
    expect(presetOf('monday', new Date(2026, 10, 29, 8, 0))).toBe('2026-11-30T09:00')
  })
})
