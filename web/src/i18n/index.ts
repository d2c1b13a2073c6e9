import { createI18n } from 'vue-i18n'
import { localeOf, locales, wordFile, type Locale, type Room } from './words'

export { firstLocale, localeNames, localeOf, locales, type Locale, type Room } from './words'

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
      const words = await wordFile(locale, room)
      if (have.has(room)) return
      i18n.global.mergeLocaleMessage(locale, { [room]: words })
      have.add(room)
    }),
  )
}
