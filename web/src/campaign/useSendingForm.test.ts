import { describe, expect, it } from 'vitest'
import { changes, type SendingForm } from './useSendingForm'

const form = (): SendingForm => ({
  keywords: {
    scope: 'marketing',
    stop: { es: ['BAJA'], pt: ['SAIR'], en: ['STOP'] },
    start: { es: ['ALTA'], pt: [], en: ['START'] },
    stop_answer: '',
    start_answer: '',
  },
  policy: {
    pause_on_yellow: false,
    agents_for_many: true,
    quiet: { on: false, from: '21:00', to: '08:00', days: [0, 1], exempt: false },
    cap: { on: false, most: 2, days: 7, scope: 'marketing' },
  },
  prices: { currency: '', items: [] },
})

describe('what was changed', () => {
  it('is nothing at first', () => expect(changes(form(), form())).toBe(0))

  it('is counted by field, the words of a language as one', () => {
    const now = form()
    now.keywords.stop.es = ['BAJA', 'CHAU']
    now.keywords.start.en = []
    now.keywords.scope = 'everything'
    now.policy.pause_on_yellow = true
    now.prices.currency = 'USD'
    now.prices.items = [{ market: 'UY', category: 'marketing', price: '0.05' }]
    expect(changes(now, form())).toBe(6)
  })

  it('sees a language that was not there', () => {
    const now = form()
    now.keywords.stop = { ...now.keywords.stop, fr: ['ARRET'] }
    expect(changes(now, form())).toBe(1)
  })
})
