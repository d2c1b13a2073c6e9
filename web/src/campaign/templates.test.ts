import { describe, expect, it } from 'vitest'
import { aTemplate } from './fixture'
import { filtered, lackedBy, sendable, type TemplateFilter } from './templates'

const all: TemplateFilter = { text: '', category: '', language: '', state: '' }
const promo = { ...aTemplate, id: '56', name: 'promo', category: 'MARKETING', status: 'PAUSED', inbox_ids: ['3'] }
const pt = { ...aTemplate, id: '57', language: 'pt_BR', inbox_ids: ['3'] }
const list = [promo, aTemplate, pt]
const ids = (filter: Partial<TemplateFilter>, chosen = '') =>
  filtered(list, { ...all, ...filter }, chosen).map((one) => one.id)

describe('the template picker', () => {
  it('filters by text without accents, category, language and state', () => {
    expect(ids({ text: 'FÁCTURA' })).toEqual(['56', '55', '57'])
    expect(ids({ text: 'promo' })).toEqual(['56'])
    expect(ids({ category: 'UTILITY' })).toEqual(['55', '57'])
    expect(ids({ language: 'pt_BR' })).toEqual(['57'])
    expect(ids({ state: 'sendable' })).toEqual(['55', '57'])
  })

  it('keeps the chosen one in sight', () => {
    expect(ids({ state: 'sendable' }, '56')).toContain('56')
  })

  it('sends flagged templates and not paused ones', () => {
    expect(sendable({ ...aTemplate, status: 'FLAGGED' })).toBe(true)
    expect(sendable(promo)).toBe(false)
  })

  it('names the numbers without a template of that name in any language', () => {
    const sender = (inbox_id: string, label: string) => ({ inbox_id, label, count: 1, quality: 'GREEN' })
    expect(lackedBy(aTemplate, list, [sender('1', 'Ventas'), sender('3', 'Vendas'), sender('9', 'Otro')])).toEqual([
      'Otro',
    ])
  })
})
