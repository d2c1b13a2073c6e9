import { createI18n } from 'vue-i18n'
import type { Messages } from './schema'

/** The languages of the desk; the first is the one used when none fits. */
export const locales = ['es', 'pt-BR', 'en'] as const
export type Locale = (typeof locales)[number]
/** A file of words, named as the room whose screens use it. */
export type Room = keyof Messages

export const localeNames: Record<Locale, string> = { es: 'Español', 'pt-BR': 'Português (Brasil)', en: 'English' }

const files = import.meta.glob<{ default: Record<string, unknown> }>('./*/*.json')
const loaded = new Map<Locale, Set<Room>>(locales.map((locale) => [locale, new Set()]))
const wanted = new Set<Room>()

export const i18n = createI18n({
  legacy: false,
  locale: 'es' as string,
  fallbackLocale: false,
  messages: {},
  missingWarn: false,
  fallbackWarn: false,
})

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

export function currentLocale(): Locale {
  return localeOf(i18n.global.locale.value) ?? locales[0]
}

/** wantWords loads the words of these rooms in the present language, and keeps them loaded when the language changes. */
export async function wantWords(...rooms: Room[]): Promise<void> {
  for (const room of rooms) wanted.add(room)
  await load(currentLocale())
}

/** setLocale changes the language of the page. */
export async function setLocale(locale: Locale): Promise<void> {
  await load(locale)
  i18n.global.locale.value = locale
  localStorage.setItem('recado.locale', locale)
  document.documentElement.lang = locale
}

async function load(locale: Locale): Promise<void> {
  const have = loaded.get(locale)!
  const missing = [...wanted].filter((room) => !have.has(room))
  await Promise.all(
    missing.map(async (room) => {
      const file = files[`./${locale}/${room}.json`]
      if (!file) throw new Error(`no words for ${room} in ${locale}`)
      i18n.global.mergeLocaleMessage(locale, { [room]: (await file()).default })
      have.add(room)
    }),
  )
}
