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

const chosen: Filter = { ...anyFilter('team'), inbox: '20', tag: '4', unread: true, sort: 'deadline', search: 'río' }

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
    expect(fits({}, { tag: '4' })).toBe(false)
    expect(fits({ tags: [{ id: '4', name: 'VIP', color: 'ok' }] }, { tag: '4' })).toBe(true)
    const asleep = { assignee: { id: '7', name: 'Ana' }, snooze: { until: null } }
    expect(fits(asleep, { view: 'snoozed' })).toBe(true)
    expect(fits(asleep, { view: 'mine' })).toBe(false)
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
    const urgent = row({ id: '5', priority: 'urgent' })
    const later = row({ id: '6', priority: 'high', waiting_since: noon - 5 })
    const low = row({ id: '7', priority: 'low', waiting_since: noon - 2 * hour })
    expect(ids({ sort: 'priority' }, low, quiet, young, old, later, urgent)).toEqual(['5', '6', '1', '2', '3', '7'])
    expect(ids({ sort: 'newest' }, old, over, young, quiet)).toEqual(['3', '4', '2', '1'])
    expect(ids({ sort: 'deadline' }, old, over, young, quiet)).toEqual(['3', '1', '2', '4'])
  })
})
