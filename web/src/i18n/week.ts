/** Day is a day of the week, 0 for Sunday, with its name. */
export interface Day {
  day: number
  name: string
}

const monday = Date.UTC(2026, 0, 5)

/** weekOf gives the days of the week from Monday on, in a language. */
export function weekOf(locale: string): Day[] {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  return [1, 2, 3, 4, 5, 6, 0].map((day, after) => ({ day, name: format.format(monday + after * 86_400_000) }))
}
