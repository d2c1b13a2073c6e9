import { afterEach, describe, expect, it, vi } from 'vitest'
import { now, serverNow, setServerTime } from './clock'

describe('clock', () => {
  afterEach(() => {
    setServerTime(Date.now())
    vi.useRealTimers()
  })

  it('goes by the server when this device is an hour off', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 13) })
    setServerTime(Date.UTC(2026, 10, 24, 12))
    expect(serverNow()).toBe(Date.UTC(2026, 10, 24, 12))
    expect(now.value).toBe(Date.UTC(2026, 10, 24, 12))
  })

  it('does not take the way of a message for a wrong clock', () => {
    setServerTime(Date.now() - 800)
    expect(serverNow() - Date.now()).toBe(0)
  })
})
