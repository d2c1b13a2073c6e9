import type { BotSettings } from '@/api/generated/types.gen'
import { same } from '@/settings/useSettingsForm'

/** The tabs of a chatbot, and which settings each holds. */
export const tabs = {
  flow: ['enabled', 'flow_id', 'meets', 'language', 'greeting'],
  faq: ['faq'],
  queues: ['default_queue_id', 'queues'],
  service: ['service'],
  links: ['links'],
  hours: [],
} as const satisfies Record<string, (keyof BotSettings)[]>
export type Tab = keyof typeof tabs
export const tabNames = Object.keys(tabs) as Tab[]

/** Fields of the hours, which are a document of their own. */
const hoursFields = ['time_zone', 'always', 'days', 'holidays', 'unavailable']

/** tabOf is the tab with a field as the server names it ("faq.questions.0.answer"); undefined for none. */
export const tabOf = (field: string): Tab | undefined =>
  hoursFields.includes(field.split('.')[0]!)
    ? 'hours'
    : tabNames.find((tab) => (tabs[tab] as readonly string[]).includes(field.split('.')[0]!))

/** changedIn tells whether two settings differ in what a tab holds. */
export const changedIn = (tab: Tab, a: BotSettings, b: BotSettings): boolean =>
  tabs[tab].some((name) => !same(a[name], b[name]))

/** changes counts the tabs' settings in which two chatbots differ. */
export const changes = (a: BotSettings, b: BotSettings): number =>
  tabNames.flatMap((tab) => tabs[tab].filter((name) => !same(a[name], b[name]))).length

/** speak changes the language, and with it each text that is still what is offered in the language before. */
export function speak(settings: BotSettings, to: BotSettings['language'], defaults: Record<string, BotSettings>): void {
  const before = defaults[settings.language]
  const after = defaults[to]
  settings.language = to
  if (!before || !after) return
  for (const group of ['greeting', 'faq', 'queues', 'service', 'links'] as const) {
    const texts = settings[group] as unknown as Record<string, unknown>
    for (const [name, text] of Object.entries(before[group])) {
      if (typeof text !== 'string' || texts[name] !== text) continue
      texts[name] = (after[group] as unknown as Record<string, unknown>)[name]
    }
  }
}

/** moveLine moves a line of a list by so many places. */
export function moveLine<T>(list: T[], from: number, by: number): void {
  const [one] = list.splice(from, 1)
  list.splice(from + by, 0, one!)
}
