import type Picker from 'emoji-picker-element/picker.js'
import type { I18n } from 'emoji-picker-element/shared'
import type { Locale } from '@/i18n'
import { step } from './grid'

const words: Record<Locale, () => Promise<{ default: I18n }>> = {
  es: () => import('emoji-picker-element/i18n/es.js'),
  'pt-BR': () => import('emoji-picker-element/i18n/pt_BR.js'),
  en: () => import('emoji-picker-element/i18n/en.js'),
}
const patience = 2000

/** storable tells whether this browser keeps a database for us: some do not in private windows, or when told so. */
export function storable(): Promise<boolean> {
  return new Promise((done) => {
    setTimeout(() => done(false), patience)
    try {
      const asked = indexedDB.open('recado.probe')
      asked.onerror = () => done(false)
      asked.onsuccess = () => {
        asked.result.close()
        done(true)
      }
    } catch {
      done(false)
    }
  })
}

/** makePicker gives the element that shows all emojis of a language, read from an address of ours. */
export async function makePicker(locale: Locale, address: string): Promise<Picker> {
  const [{ default: Element }, { default: i18n }] = await Promise.all([
    import('emoji-picker-element/picker.js'),
    words[locale](),
  ])
  const picker = new Element({ dataSource: address, locale, i18n })
  const style = document.createElement('style')
  // Its own row of favourites counts how often; ours shows the last ones.
  style.textContent = '.favorites { display: none }'
  picker.shadowRoot?.append(style)
  picker.shadowRoot?.addEventListener('keydown', walk)
  return picker
}

/** walk makes the emojis of a group a grid for the keyboard: arrows go over them, Tab goes past them. */
function walk(event: Event): void {
  const { target, key, shiftKey } = event as KeyboardEvent
  if (!(target instanceof HTMLElement) || !target.matches('.tabpanel .emoji')) return
  const items = [...(target.closest('.emoji-menu')?.querySelectorAll<HTMLElement>('.emoji') ?? [])]
  // The browser's own step then leaves the grid, from its edge.
  if (key === 'Tab') return items.at(shiftKey ? 0 : -1)?.focus({ preventScroll: true })
  const next = step(key, items.indexOf(target), items)
  if (next === undefined) return
  event.preventDefault()
  items[next]?.focus()
}
