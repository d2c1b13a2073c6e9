import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { atMost } from './throttle'

describe('atMost', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs at once, and a burst after it once more at the end of the pause', () => {
    const task = vi.fn()
    const ask = atMost(1000, task)
    ask()
    expect(task).toHaveBeenCalledTimes(1)
    for (let n = 0; n < 50; n++) ask()
    expect(task).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(1000)
    expect(task).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(5000)
    expect(task).toHaveBeenCalledTimes(2)
  })

  it('forgets what it owes when its screen goes away', () => {
    const task = vi.fn()
    const scope = effectScope()
    const ask = scope.run(() => atMost(1000, task))!
    ask()
    ask()
    scope.stop()
    vi.advanceTimersByTime(2000)
    expect(task).toHaveBeenCalledTimes(1)
  })
})
