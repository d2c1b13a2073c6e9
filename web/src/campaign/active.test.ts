import { describe, expect, it } from 'vitest'
import { bodyOf, looksLikePhone, nameMark, type ActiveOrder } from './active'

const order: ActiveOrder = {
  inbox: '20',
  template: '30',
  values: { 'body.1': `Sra. ${nameMark}`, 'body.2': 'mañana' },
  people: [
    { contact: '50', phone: '', name: 'Camila' },
    { contact: '', phone: '+55 31 98555-0161', name: '' },
  ],
  reply: 'me',
}

describe('writing first to a few people', () => {
  it('gives each person a value of their own where their name stands', () => {
    expect(bodyOf(order)).toEqual({
      inbox_id: '20',
      template_id: '30',
      values: { 'body.2': { text: 'mañana' } },
      to: [
        { contact_id: '50', values: { 'body.1': 'Sra. Camila' } },
        { phone: '+55 31 98555-0161', name: '', values: { 'body.1': 'Sra.' } },
      ],
    })
  })

  it('says where replies go, unless they go to who writes', () => {
    expect(bodyOf({ ...order, reply: 'usual' })).toHaveProperty('route', { target: 'none' })
    expect(bodyOf({ ...order, reply: 'flow:9', block: 'person' })).toHaveProperty('route', {
      target: 'bot',
      target_id: '9',
      target_child_id: '',
      target_block: 'person',
    })
    expect(bodyOf({ ...order, reply: 'queue:81' })).toHaveProperty('route', { target: 'queue', target_id: '81' })
  })

  it('tells a number from words', () => {
    expect(['+55 31 98555-0161', '5531985550161'].every(looksLikePhone)).toBe(true)
    expect(['Camila', '12', 'ana@aurora.example', '+'].some(looksLikePhone)).toBe(false)
  })
})
