import { describe, expect, it } from 'vitest'
import { noon } from '@/testing/examples'
import type { WindowState } from '@/api'
import { allows, runOut, windowChip, windowNow } from './window'

const minute = 60_000
const state = (change: Partial<WindowState>): WindowState => ({
  state: 'open',
  until: 0,
  allowed: [],
  reason: '',
  cost_hint: { kind: '', left: 0, until: 0 },
  ...change,
})
const open = (left: number) => state({ until: noon + left + minute, allowed: ['free', 'media', 'template'] })

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
  it.each([
    [{ state: 'open' }, 'open'],
    [{ state: 'open_human', until: noon + 60 * minute }, 'people'],
    [{ state: 'template_only' }, 'closed'],
    [{ state: 'template_only', cost_hint: { kind: 'free', left: 0, until: noon + minute } }, 'free'],
    [{ state: 'template_only', cost_hint: { kind: 'free', left: 0, until: noon } }, 'closed'],
    [{ state: 'paid_push', cost_hint: { kind: 'quota', left: 312, until: 0 } }, 'quota'],
    [{ state: 'paid_push', cost_hint: { kind: 'quota', left: -1, until: 0 } }, 'paid'],
    [{ state: 'paid_push', cost_hint: { kind: 'paid', left: 0, until: 0 } }, 'paid'],
    [{ state: 'blocked' }, 'wait'],
    [{ state: 'no_identity' }, 'wait'],
    [{ state: 'opted_out' }, 'optedOut'],
    [{ state: 'account_problem' }, 'account'],
  ] as [Partial<WindowState>, string][])('says %j as %s', (change, words) => {
    expect(windowChip(state(change), noon).words).toBe(words)
  })
})

describe('as time goes on', () => {
  it('notices that the window has run out before the server says so', () => {
    expect(windowNow(open(minute), noon)).toBe('open')
    expect(windowNow(open(minute), noon + minute)).toBe('template_only')
  })
  it('takes only what was approved once it has run out', () => {
    expect(allows(open(minute), 'free', noon)).toBe(true)
    expect(allows(open(minute), 'free', noon + minute)).toBe(false)
    expect(allows(open(minute), 'template', noon + minute)).toBe(true)
  })
  it('closes for who asked for no marketing as for everybody', () => {
    const opted = state({ state: 'opted_out', until: noon + 2 * minute, allowed: ['free', 'media', 'utility'] })
    expect(allows(opted, 'free', noon)).toBe(true)
    expect(allows(opted, 'free', noon + minute)).toBe(false)
    expect(windowNow(opted, noon + minute)).toBe('opted_out')
  })
  it('never runs out where nothing ends', () => {
    expect(runOut(state({}), noon)).toBe(false)
    expect(allows(state({ state: 'paid_push', until: noon - minute, allowed: ['free', 'push'] }), 'free', noon)).toBe(
      true,
    )
  })
})
