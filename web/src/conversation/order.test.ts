import { describe, expect, it } from 'vitest'
import { message } from '@/testing/examples'
import { compareIds, insert, moves } from './order'

describe('compareIds', () => {
  it('orders ids too long for a number by their size', () => {
    expect(['100000000000000001', '99999999999999999', '100000000000000000'].toSorted(compareIds)).toEqual([
      '99999999999999999',
      '100000000000000000',
      '100000000000000001',
    ])
  })
})

describe('moves', () => {
  it('lets a status go forward only', () => {
    expect(moves('sent', 'delivered')).toBe(true)
    expect(moves('read', 'delivered')).toBe(false)
    expect(moves('read', 'read')).toBe(false)
  })
  it('lets a failed message still turn out delivered', () => {
    expect(moves('failed', 'delivered')).toBe(true)
  })
  it('lets a message that is tried again wait anew, but none that has left', () => {
    expect(moves('failed', 'queued')).toBe(true)
    expect(moves('unconfirmed', 'queued')).toBe(true)
    expect(moves('sent', 'queued')).toBe(false)
  })
})

describe('insert', () => {
  const two = [message({ id: '10' }), message({ id: '30' })]
  it('puts a late message in its place', () => {
    expect(insert(two, message({ id: '20' })).map(({ id }) => id)).toEqual(['10', '20', '30'])
  })
  it('replaces the message it knows and leaves the old list alone', () => {
    const next = insert(two, message({ id: '10', text: 'changed' }))
    expect(next.map(({ text }) => text)).toEqual(['changed', 'Hola'])
    expect(two[0]!.text).toBe('Hola')
  })
})
