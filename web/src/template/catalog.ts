import type { Template } from '@/api'
import { fits, type TemplateSearch } from './choose'

/** What the page of templates is narrowed by; an empty value stands for all. */
export interface CatalogSearch extends TemplateSearch {
  inbox: string
  status: string
}

/** Namesakes are the languages of one name in one account, as the provider keeps them. */
export interface Namesakes {
  key: string
  name: string
  variants: Template[]
}

/** catalogOf gives what a search finds, by name, the languages of a name together. */
export function catalogOf(all: Template[], search: CatalogSearch): Namesakes[] {
  const groups = new Map<string, Namesakes>()
  for (const one of all) {
    if (search.inbox && !one.inbox_ids.includes(search.inbox)) continue
    if ((search.status && one.status !== search.status) || !fits(one, search)) continue
    const key = one.account_external_id + '/' + one.name
    const group = groups.get(key) ?? { key, name: one.name, variants: [] }
    group.variants.push(one)
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => a.name.localeCompare(b.name) || a.key.localeCompare(b.key))
}

const tones: Record<string, 'ok' | 'warn' | 'danger' | 'info'> = {
  APPROVED: 'ok',
  FLAGGED: 'warn',
  PAUSED: 'warn',
  PENDING: 'info',
  IN_APPEAL: 'info',
  REJECTED: 'danger',
  DISABLED: 'danger',
}

/** toneOf is the colour a state is shown in. */
export const toneOf = ({ status }: Pick<Template, 'status'>) => tones[status.toUpperCase()] ?? 'neutral'

/** wordOf gives the key of a word for what the provider writes in capitals, or its own word when we have none. */
export function wordOf(prefix: string, text: string, t: (key: string) => string, te: (key: string) => boolean): string {
  const key = prefix + text.toLowerCase()
  return te(key) ? t(key) : text
}
