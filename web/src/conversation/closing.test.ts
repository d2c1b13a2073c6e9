import { describe, expect, it } from 'vitest'
import { closingOf, missing, type ClosingRules } from './closing'

const rules = (change: Partial<ClosingRules>): ClosingRules => ({
  note_mode: 'optional',
  results: ['resolved'],
  categories: ['Cobro'],
  tags_required: false,
  assignee: 'unassign',
  keep_days: 7,
  ...change,
})

describe('what a closing lacks', () => {
  it.each([
    ['off', '', '', ''],
    ['optional', '', '', ''],
    ['category', '', 'x', 'category'],
    ['category', 'Cobro', '', ''],
    ['category_summary', 'Cobro', '  ', 'note'],
    ['category_summary', '', 'x', 'category'],
    ['category_summary', 'Cobro', 'x', ''],
  ])('C27 %s with category "%s" and note "%s": %s', (note_mode, category, note, lacks) => {
    expect(missing(rules({ note_mode }), { category, note, tags: [] })).toBe(lacks)
  })

  it('B170 a tag, where tags are required', () => {
    expect(missing(rules({ tags_required: true }), { category: '', note: '', tags: [] })).toBe('tags')
    expect(missing(rules({ tags_required: true }), { category: '', note: '', tags: ['1'] })).toBe('')
  })
})

describe('what is told', () => {
  const form = { result: 'resolved', category: 'Cobro', note: ' listo ', tags: ['1', '2'] }
  it('has tags only when they changed', () => {
    expect(closingOf(rules({}), form, ['2', '1'])).toEqual({ result: 'resolved', category: 'Cobro', note: 'listo' })
    expect(closingOf(rules({}), form, []).tag_ids).toEqual(['1', '2'])
    expect(closingOf(rules({}), { ...form, tags: [] }, ['1']).tag_ids).toEqual([])
  })
  it('has no note where none is kept', () => {
    expect(closingOf(rules({ note_mode: 'off' }), form, ['1', '2'])).toEqual({
      result: 'resolved',
      category: '',
      note: '',
    })
  })
})
