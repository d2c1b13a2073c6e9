import type { Messages } from './schema'

/** The languages of the desk; the first is the one used when none fits. */
export const locales = ['es', 'pt-BR', 'en'] as const
export type Locale = (typeof locales)[number]
/** A file of words, named as the room whose screens use it. */
export type Room = keyof Messages

export const localeNames: Record<Locale, string> = { es: 'Español', 'pt-BR': 'Português (Brasil)', en: 'English' }

const files = import.meta.glob<{ default: Record<string, unknown> }>('./*/*.json')

/** localeOf finds the language that fits a wish such as "pt" or "en-GB"; undefined when none does. */
export function localeOf(wish: string | null | undefined): Locale | undefined {
  if (!wish) return undefined
  const exact = locales.find((locale) => locale.toLowerCase() === wish.toLowerCase())
  return exact ?? locales.find((locale) => locale.slice(0, 2) === wish.slice(0, 2).toLowerCase())
}

/** firstLocale is the language to start with: remembered on this device, else the browser's, else Spanish. */
export function firstLocale(): Locale {
  const wishes = [localStorage.getItem('recado.locale'), ...navigator.languages]
  return wishes.map(localeOf).find((locale) => locale !== undefined) ?? locales[0]
}

/** wordFile loads the words of one room in one language. */
export async function wordFile(locale: Locale, room: Room): Promise<Record<string, unknown>> {
  const file = files[`./${locale}/${room}.json`]
  if (!file) throw new Error(`no words for ${room} in ${locale}`)
  return (await file()).default
}
