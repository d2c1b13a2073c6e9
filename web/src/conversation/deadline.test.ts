import { describe, expect, it } from 'vitest'
import { noon } from '@/testing/examples'
import { deadlineChip } from './deadline'

const minute = 60_000
const due = { from: noon, until: noon + 20 * minute }

describe('the time until the first answer', () => {
  it('is calm, presses in its last quarter, and counts on when it is over', () => {
    expect(deadlineChip(due, noon + 14 * minute + 20_000)).toEqual({
      tone: undefined,
      left: '5:40',
      late: false,
      paused: false,
    })
    expect(deadlineChip(due, noon + 16 * minute)).toEqual({ tone: 'warn', left: '4:00', late: false, paused: false })
    expect(deadlineChip(due, noon + 22 * minute + 10_000)).toEqual({
      tone: 'danger',
      left: '2:10',
      late: true,
      paused: false,
    })
  })

  it('stands still while nobody answers on the number (X39)', () => {
    const over = {
      from: noon,
      until: noon + 80 * minute,
      pauses: [{ from: noon + 10 * minute, until: noon + 70 * minute }],
    }
    expect(deadlineChip(over, noon + 5 * minute)).toEqual({
      tone: undefined,
      left: '15:00',
      late: false,
      paused: false,
    })
    expect(deadlineChip(over, noon + 40 * minute)).toEqual({
      tone: undefined,
      left: '10:00',
      late: false,
      paused: true,
    })
    expect(deadlineChip(over, noon + 76 * minute)).toEqual({ tone: 'warn', left: '4:00', late: false, paused: false })
  })

  it('has hours when there are some', () => {
    expect(deadlineChip({ from: noon, until: noon + 125 * minute }, noon).left).toBe('2:05:00')
  })
})
