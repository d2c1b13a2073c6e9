import { describe, expect, it } from 'vitest'
import { countTyped } from './confirm'
import { canCancel, canDelete, canEdit, canPause, canResume, hasStarted, isState, lookOf, states } from './state'

describe('the states of a campaign', () => {
  it('are read from addresses without believing everything', () => {
    expect(isState('paused')).toBe(true)
    expect(isState('nonsense')).toBe(false)
    expect(isState(undefined)).toBe(false)
    expect(isState(['paused'])).toBe(false)
  })

  it('each have a sign, and one unknown to this desk still has one', () => {
    for (const state of states) expect(lookOf(state).icon).toBeTruthy()
    expect(lookOf('tomorrow').tone).toBe('neutral')
  })

  it('allow what the server allows', () => {
    expect(states.filter(canEdit)).toEqual(['draft', 'checking', 'ready', 'scheduled', 'failed'])
    expect(states.filter(canPause)).toEqual(['sending'])
    expect(states.filter(canResume)).toEqual(['paused'])
    expect(states.filter(canCancel)).toEqual(['scheduled', 'sending', 'paused'])
    expect(states.filter(hasStarted)).toEqual(['sending', 'paused', 'done', 'cancelled'])
  })

  it('keep what was sent from being deleted', () => {
    expect(canDelete({ state: 'failed', started_at: null })).toBe(true)
    expect(canDelete({ state: 'failed', started_at: 5 })).toBe(false)
    expect(canDelete({ state: 'done', started_at: 5 })).toBe(false)
  })
})

describe('the count typed to confirm', () => {
  it.each(['4812', '4.812', '4,812', '4 812', ' 4\u00a0812 '])('is read from “%s”', (text) => {
    expect(countTyped(text)).toBe(4812)
  })

  it.each(['', 'cuatro', '48x12', '-4812'])('is not read from “%s”', (text) => {
    expect(countTyped(text)).toBeNaN()
  })
})
