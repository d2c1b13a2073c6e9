import { describe, expect, it } from 'vitest'
import { noon, row } from '@/testing/examples'
import {
  addressOf,
  anyFilter,
  applied,
  belongs,
  compareBy,
  type Filter,
  filterOf,
  fromAddress,
  narrowed,
  questionOf,
  savedOf,
} from './list.filter'

const chosen: Filter = { ...anyFilter('team'), inbox: '20', unread: true, sort: 'deadline', search: 'río' }

describe('the filter of the list', () => {
  it('comes back from the address and from a saved view as it went', () => {
    expect(fromAddress(addressOf(chosen))).toEqual(chosen)
    expect(filterOf(savedOf(chosen))).toEqual(chosen)
    expect(addressOf(anyFilter())).toEqual({})
  })

  it('takes nonsense in an address for nothing', () => {
    expect(fromAddress({ view: 'poem', sort: ['x'], unread: 'yes' })).toEqual(anyFilter())
  })

  it('does not ask closed ones for what they do not have', () => {
    const closed = { ...chosen, view: 'closed' as const, waiting: true, queue: '3', own: true }
    expect(applied(closed)).toMatchObject({ queue: '', unread: false, waiting: false, own: true })
    expect(questionOf(closed)).not.toHaveProperty('unread')
    expect(narrowed(closed)).toBe(2)
  })

  it('knows which rows belong', () => {
    const fits = (change: Parameters<typeof row>[0], filter: Partial<Filter>) =>
      belongs(row(change), { ...anyFilter('team'), ...filter }, '7', noon)
    expect(fits({ unread: 0 }, { unread: true })).toBe(false)
    expect(fits({ waiting_since: noon }, { waiting: true })).toBe(true)
    expect(fits({}, { closing: true })).toBe(false)
    expect(fits({ window: { ...row().window, until: noon + 3_600_000 } }, { closing: true })).toBe(true)
    expect(fits({}, { agent: '8' })).toBe(false)
    expect(fits({}, { channel: 'telegram' })).toBe(false)
  })

  it('orders as the server does', () => {
    const ids = (filter: Partial<Filter>, ...rows: ReturnType<typeof row>[]) =>
      rows.toSorted(compareBy({ ...anyFilter(), ...filter }, noon)).map((one) => one.id)
    const hour = 3_600_000
    const old = row({ id: '1', waiting_since: noon - hour, last_message_at: noon - hour })
    const young = row({ id: '2', waiting_since: noon - 60_000, last_message_at: noon - 60_000 })
    const quiet = row({ id: '3', last_message_at: noon, window: { ...row().window, until: noon + hour } })
    const over = row({ id: '4', last_message_at: noon - 9, window: { ...row().window, until: noon - hour } })
    expect(ids({}, over, quiet, young, old)).toEqual(['1', '2', '3', '4'])
    expect(ids({ sort: 'newest' }, old, over, young, quiet)).toEqual(['3', '4', '2', '1'])
    expect(ids({ sort: 'deadline' }, old, over, young, quiet)).toEqual(['3', '1', '2', '4'])
  })
})
