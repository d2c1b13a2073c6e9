import { describe, expect, it } from 'vitest'
import { noon } from '@/testing/examples'
import { disturbs, quiet } from './quiet'

const usual = {
  assigned: true,
  mentioned: true,
  answered: true,
  sound: true,
  quiet_open: true,
  push_text: false,
  quiet_since: 0,
  quiet_until: 0,
}
const hour = 3_600_000

describe('do not disturb', () => {
  it('lasts an hour, until tomorrow at eight, or until it is switched off', () => {
    expect(disturbs(usual, noon)).toBe(true)
    const short = quiet(usual, 'hour', noon)
    expect([disturbs(short, noon + hour - 1), disturbs(short, noon + hour)]).toEqual([false, true])
    const night = quiet(usual, 'tomorrow', noon)
    expect([disturbs(night, noon + 20 * hour - 1), disturbs(night, noon + 20 * hour)]).toEqual([false, true])
    const on = quiet(usual, 'on', noon)
    expect(disturbs(on, noon + 1000 * hour)).toBe(false)
    expect(disturbs(quiet(on, 'off', noon), noon)).toBe(true)
  })
})
