import type { Cost, Spent } from './campaign.types'

/** SpentRow is what messages of a country, category and price cost, with what was forecast for the country and category. */
export interface SpentRow {
  key: string
  country: string
  category: string
  people: number
  price: string
  amount: string
  currency: string
  /** In the currency of the forecast; empty: nothing was, or it stands in another row of the same country and category. */
  expected: string
}

/** besideForecast puts what was spent beside what was forecast; what was forecast and not delivered yet has a row of its own. */
export function besideForecast(spent: Spent, forecast?: Cost): SpentRow[] {
  const left = new Map((forecast?.lines ?? []).map((line) => [line.country + ' ' + line.category, line]))
  const rows = (spent.lines ?? []).map((line): SpentRow => {
    const place = line.country + ' ' + line.category
    const expected = left.get(place)?.amount ?? ''
    left.delete(place)
    return { ...line, key: [place, line.currency, line.price].join(' '), expected }
  })
  for (const [place, line] of left) {
    rows.push({ ...line, key: place, people: 0, amount: '0', currency: forecast!.currency, expected: line.amount })
  }
  return rows
}
