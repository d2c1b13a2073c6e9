import { describe, expect, it } from 'vitest'
import type { Absence } from '@/api/generated/types.gen'
import { wallOf } from '@/i18n/wall'
import { bodyOf, formOf } from './useAbsences'

const absence = (change: Partial<Absence> = {}): Absence => ({
  inbox_id: '5',
  number: 'Ventas',
  on: false,
  since: 0,
  until: 0,
  text: '',
  colleague_id: '0',
  other_inbox_id: '0',
  author: '',
  updated_at: 0,
  updated_by: '0',
  ...change,
})

describe('an absence', () => {
  it('is offered with a text, until it is switched off', () => {
    const form = formOf(absence(), 'Ready')
    expect(form).toEqual({ text: 'Ready', until: 'open', begin: '', end: '', instead: '' })
    expect(bodyOf(form, 0, 1000)).toEqual({
      since: 1000,
      until: 0,
      text: 'Ready',
      colleague_id: '0',
      other_inbox_id: '0',
    })
    expect(bodyOf(form, 700, 1000).since).toBe(700)
  })

  it('keeps its times and whom it suggests', () => {
    const from = new Date(2026, 11, 24, 18, 0).getTime()
    const kept = absence({ since: from, until: from + 3_600_000, text: 'Away', colleague_id: '8' })
    const form = formOf(kept, 'Ready')
    expect(form.begin).toBe(wallOf(from))
    expect(form.instead).toBe('user:8')
    expect(bodyOf(form, from, 1)).toEqual({
      since: from,
      until: from + 3_600_000,
      text: 'Away',
      colleague_id: '8',
      other_inbox_id: '0',
    })
    expect(bodyOf({ ...form, instead: 'number:9' }, from, 1).other_inbox_id).toBe('9')
  })
})
