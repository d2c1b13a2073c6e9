import { describe, expect, it } from 'vitest'
import type { Cost, Spent } from './campaign.types'
import { besideForecast } from './spent'

const spent: Spent = {
  totals: [{ currency: 'USD', amount: '0.1875' }],
  unpriced: 0,
  lines: [
    { country: 'BR', category: 'marketing', people: 2, price: '0.0625', amount: '0.125', currency: 'USD' },
    { country: 'BR', category: 'marketing', people: 1, price: '0.0625', amount: '0.0625', currency: 'BRL' },
  ],
}
const forecast: Cost = {
  currency: 'USD',
  total: '0.2075',
  unpriced: 0,
  lines: [
    { country: 'BR', category: 'marketing', people: 3, price: '0.0625', amount: '0.1875' },
    { country: 'US', category: 'marketing', people: 1, price: '0.02', amount: '0.02' },
  ],
}

describe('what was spent beside the forecast', () => {
  it('has what was expected once for each country and category', () => {
    expect(besideForecast(spent, forecast).map((row) => [row.country, row.currency, row.people, row.expected])).toEqual(
      [
        ['BR', 'USD', 2, '0.1875'],
        ['BR', 'BRL', 1, ''],
        ['US', 'USD', 0, '0.02'],
      ],
    )
  })

  it('is what was spent alone where nothing was forecast', () => {
    expect(besideForecast(spent).map((row) => row.expected)).toEqual(['', ''])
  })
})
