import { describe, expect, it } from 'vitest'
import type { Counts } from './campaign.types'
import { funnelOf, replyRate, segmentsOf, shareDone } from './counts'

const counts: Counts = {
  recipients: 100,
  waiting: 10,
  queued: 5,
  unconfirmed: 2,
  accepted: 3,
  sent: 10,
  delivered: 30,
  read: 30,
  replied: 12,
  failed: 6,
  left_out: 4,
}
const none: Counts = { ...counts, ...Object.fromEntries(Object.keys(counts).map((key) => [key, 0])) }

describe('the figures of a campaign', () => {
  it('divide all recipients into segments without counting anyone twice', () => {
    const segments = segmentsOf(counts)
    expect(segments.map(({ key, count }) => [key, count])).toEqual([
      ['read', 30],
      ['delivered', 30],
      ['sent', 15],
      ['failed', 10],
      ['pending', 15],
    ])
    expect(segments.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })

  it('add up what messages have passed on their way to where they are', () => {
    expect(funnelOf(counts).map(({ key, count }) => [key, count])).toEqual([
      ['accepted', 73],
      ['sent', 70],
      ['delivered', 60],
      ['read', 30],
      ['replied', 12],
    ])
  })

  it('measure replies against those who were reached', () => {
    expect(replyRate(counts)).toBeCloseTo(12 / 73)
    expect(replyRate(none)).toBeUndefined()
  })

  it('say nothing impossible before anything happened', () => {
    expect(funnelOf(none).every(({ rate }) => rate === 0)).toBe(true)
    expect(segmentsOf(none).every(({ share }) => share === 0)).toBe(true)
    expect(shareDone(none)).toBe(0)
    expect(shareDone(counts)).toBeCloseTo(0.85)
  })
})
