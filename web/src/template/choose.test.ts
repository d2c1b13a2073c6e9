import { describe, expect, it } from 'vitest'
import { template } from '@/testing/examples'
import { fits, kinds, lately, qualityOf, sendable } from './choose'

const anything = { text: '', category: '', language: '', quality: '' }

describe('choosing a template', () => {
  it('finds all words in name and text, without minding accents or case', () => {
    for (const text of ['', 'pago', 'recordatorio pago', 'recordatorio_pago', 'FACTURA vence', 'baja', ' aviso '])
      expect(fits(template(), { ...anything, text }), text).toBe(true)
    expect(fits(template({ name: 'atención' }), { ...anything, text: 'atencion' })).toBe(true)
    expect(fits(template(), { ...anything, text: 'factura envío' })).toBe(false)
  })

  it.each([
    [{ category: 'utility' }, true],
    [{ category: 'marketing' }, false],
    [{ language: 'es' }, true],
    [{ language: 'pt_BR' }, false],
    [{ quality: 'green' }, true],
    [{ quality: 'unknown' }, false],
  ])('fits %j: %s', (search, expected) => expect(fits(template(), { ...anything, ...search })).toBe(expected))

  it('takes a word of quality it does not know as not rated', () => {
    expect(['green', 'YELLOW', 'RED', '', 'UNKNOWN'].map((quality) => qualityOf({ quality }))).toEqual([
      'green',
      'yellow',
      'red',
      'unknown',
      'unknown',
    ])
  })

  it('offers no marketing to who asked for none, and nothing that cannot go out', () => {
    const marketing = template({ id: '1', category: 'MARKETING' })
    const paused = template({ id: '2', sendable: false })
    expect(sendable([marketing, paused, template()], true).map((one) => one.id)).toEqual(['300'])
    expect(sendable([marketing, paused, template()], false).map((one) => one.id)).toEqual(['1', '300'])
  })

  it('puts what was used last before the others, and leaves out what is gone', () => {
    const all = ['1', '2', '3'].map((id) => template({ id }))
    const { recent, others } = lately(all, ['3', '9', '1'])
    expect(recent.map((one) => one.id)).toEqual(['3', '1'])
    expect(others.map((one) => one.id)).toEqual(['2'])
  })

  it('gives no choice among one', () => {
    expect(kinds([template(), template()], (one) => one.language)).toEqual([])
    expect(kinds([template(), template({ language: 'en' })], (one) => one.language)).toEqual(['en', 'es'])
  })
})
