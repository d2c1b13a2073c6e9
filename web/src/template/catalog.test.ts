import { describe, expect, it } from 'vitest'
import { template } from '@/testing/examples'
import { catalogOf, toneOf, wordOf } from './catalog'

const all = { text: '', category: '', language: '', quality: '', inbox: '', status: '' }
const list = [
  template({ id: '1', name: 'saldo', language: 'pt_BR', status: 'REJECTED' }),
  template({ id: '2', name: 'aviso', account_external_id: '2', inbox_ids: ['21'] }),
  template({ id: '3', name: 'saldo', language: 'es' }),
]

describe('catalogOf', () => {
  it('puts the languages of a name together, by name', () => {
    expect(catalogOf(list, all).map(({ name, variants }) => [name, variants.length])).toEqual([
      ['aviso', 1],
      ['saldo', 2],
    ])
  })
  it('narrows by number and state', () => {
    expect(catalogOf(list, { ...all, inbox: '21' }).map(({ name }) => name)).toEqual(['aviso'])
    expect(catalogOf(list, { ...all, status: 'REJECTED' })[0]?.variants.map(({ id }) => id)).toEqual(['1'])
  })
  it('does not mix accounts', () => {
    expect(catalogOf([template(), template({ id: '9', account_external_id: '2' })], all)).toHaveLength(2)
  })
})

describe('words and colours', () => {
  it('keeps a state nobody told us of', () => {
    const t = (key: string) => key
    expect(wordOf('state.', 'NEW_ONE', t, () => false)).toBe('NEW_ONE')
    expect(wordOf('state.', 'PAUSED', t, () => true)).toBe('state.paused')
    expect(toneOf({ status: 'NEW_ONE' })).toBe('neutral')
  })
})
