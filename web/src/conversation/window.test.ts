import { describe, expect, it } from 'vitest'
import { noon } from '@/testing/examples'
import type { WindowState } from '@/api'
import { windowChip, windowNow } from './window'

const minute = 60_000
const open = (left: number): WindowState => ({ state: 'open', until: noon + left + minute, allowed: [], reason: '' })

describe('windowChip', () => {
  it('is calm above two hours, amber below, red with seconds in the last quarter of an hour', () => {
    expect(windowChip(open(180 * minute), noon)).toMatchObject({ tone: 'neutral', words: 'open' })
    expect(windowChip(open(100 * minute), noon)).toMatchObject({ tone: 'warn', words: 'closes', clock: '' })
    expect(windowChip(open(5 * minute + 40_000), noon)).toMatchObject({
      tone: 'danger',
      words: 'closes',
      clock: '5:40',
    })
  })
  it('names what else stands in the way', () => {
    const state = (word: WindowState['state']): WindowState => ({ state: word, until: 0, allowed: [], reason: '' })
    expect(windowChip(state('template_only'), noon).words).toBe('closed')
    expect(windowChip(state('opted_out'), noon).words).toBe('optedOut')
    expect(windowChip(state('account_problem'), noon)).toMatchObject({ tone: 'danger', words: 'account' })
  })
})

describe('windowNow', () => {
  it('notices that the window has run out before the server says so', () => {
    expect(windowNow(open(minute), noon)).toBe('open')
    expect(windowNow(open(minute), noon + minute)).toBe('template_only')
  })
})
