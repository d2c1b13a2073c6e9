import { describe, expect, it } from 'vitest'
import type { Inbox } from '@/api'
import { template } from '@/testing/examples'
import { before, choicesOf, chosenOf, usedOn } from './activation'

const number = (id: string, account: string) => ({ id, account_external_id: account, label: id }) as Inbox
const numbers = [number('20', '1'), number('21', '1'), number('30', '2')]
const all = [
  template({ id: '1', name: 'a', inbox_ids: ['20', '21'], unused_inbox_ids: ['21'] }),
  template({ id: '2', name: 'a', inbox_ids: ['30'], account_external_id: '2' }),
  template({ id: '3', name: 'b', inbox_ids: ['20', '21'] }),
  template({ id: '4', name: 'c', inbox_ids: ['20', '21'], status: 'DRAFT' }),
]

describe('choosing templates for numbers', () => {
  it('puts together what several accounts have by name and language, without drafts', () => {
    const choices = choicesOf(all, numbers)
    expect(choices.map((one) => [one.template.name, one.numbers, one.used])).toEqual([
      ['a', ['20', '21', '30'], ['20', '30']],
      ['b', ['20', '21'], ['20', '21']],
    ])
  })

  it('writes the choice of each number in the ids of its own account', () => {
    const choices = choicesOf(all, numbers)
    expect(chosenOf(choices, new Set(['b|es']), numbers)).toEqual([
      { inbox_id: '20', inactive: ['1'] },
      { inbox_id: '21', inactive: ['1'] },
      { inbox_id: '30', inactive: ['2'] },
    ])
  })

  it('takes a number as the model, and remembers how the others stood', () => {
    expect([...usedOn(all, '21')]).toEqual([
      ['a|es', false],
      ['b|es', true],
      ['c|es', true],
    ])
    const line = { inbox_id: '21', approved: 2, active: 1, inactive: ['1'], changed_at: 0, changed_by: '' }
    expect(before([line], numbers.slice(0, 2))).toEqual([
      { inbox_id: '20', inactive: [] },
      { inbox_id: '21', inactive: ['1'] },
    ])
  })
})
