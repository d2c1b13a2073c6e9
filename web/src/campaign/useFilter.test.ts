import { describe, expect, it } from 'vitest'
import { askedOf, filterNames, type Given } from './useFilter'

const none = Object.fromEntries(filterNames.map((name) => [name, ''])) as Given

describe('the filter of campaigns', () => {
  it('asks for nothing when nothing is chosen', () => {
    expect(askedOf(none)).toEqual({})
  })

  it('turns what is in the address into what the API is asked', () => {
    const given = { ...none, q: ' pago ', n: '5', origin: 'api', template: '6', author: '7', state: 'done' }
    expect(askedOf(given)).toEqual({
      text: 'pago',
      inbox_id: '5',
      origin: 'api',
      template_id: '6',
      author_id: '7',
      state: 'done',
    })
    const november = askedOf({ ...none, period: 'month' }, new Date(2026, 10, 26))
    expect(november).toEqual({ from: new Date(2026, 10, 1).getTime() })
  })
})
