import { describe, expect, it } from 'vitest'
import { answersOf, orderOf, referralOf } from './answers'
import { vcardOf } from './vcard'

describe('what comes from outside', () => {
  it('reads the answers of a form without its plumbing', () => {
    expect(answersOf({ flow_token: 't', talla_pedida: 'L', colores: ['a', 'b'], nada: null })).toEqual([
      ['talla pedida', 'L'],
      ['colores', 'a, b'],
      ['nada', '–'],
    ])
    expect(answersOf('palabras')).toEqual([['', 'palabras']])
    expect(answersOf(undefined)).toEqual([])
  })

  it('adds an order up by currency and leaves out lines it cannot read', () => {
    const order = {
      catalog_id: 7,
      product_items: [
        { product_retailer_id: 'A', quantity: 2, item_price: 10, currency: 'USD' },
        { product_retailer_id: 'B', quantity: '1', item_price: 5, currency: 'USD' },
        { product_retailer_id: 'C', quantity: 'many' },
        null,
        { product_retailer_id: 'D', quantity: 1, item_price: 3, currency: '<b>' },
      ],
    }
    expect(orderOf(order)).toMatchObject({ catalog: '7', totals: [['USD', 25]] })
    expect(orderOf(order).lines).toHaveLength(3)
    expect(orderOf(null).lines).toEqual([])
  })

  it('follows a referral only to a secure address', () => {
    const ad = { source_type: 'ad', headline: 'Sale', body: 'Today', source_url: 'https://ad.example/1' }
    expect(referralOf(ad)).toEqual({ kind: 'ad', title: 'Sale', text: 'Today', url: 'https://ad.example/1' })
    expect(referralOf({ ...ad, source_url: 'javascript:alert(1)' })?.url).toBe('')
    expect(referralOf({ referred_product: { product_retailer_id: 'X' } })).toMatchObject({
      kind: 'product',
      title: 'X',
    })
    expect(referralOf('nonsense')).toBeUndefined()
  })

  it('writes a contact card that cannot break out of its lines', () => {
    const card = vcardOf({
      name: 'Paz; Ana\nEND:VCARD',
      phones: ['+54 9 11 5555-0199'],
      emails: ['a@x.example'],
      org: 'X, Y',
    })
    expect(card.split('\r\n')).toContain('FN:Paz\\; Ana\\nEND:VCARD')
    expect(card).toContain('ORG:X\\, Y')
    expect(card.match(/^END:VCARD/gm)).toHaveLength(1)
  })
})
