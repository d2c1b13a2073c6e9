import type { Template } from '@/api'
import type { SenderFound } from './campaign.types'
import { fold } from './text'

export interface TemplateFilter {
  text: string
  category: string
  language: string
  state: '' | 'sendable'
}

const sendableStates = ['APPROVED', 'FLAGGED']

/** sendable tells whether the provider takes messages with it now; a flagged one is warned about and still sent. */
export const sendable = (template: Template): boolean => sendableStates.includes(template.status.toUpperCase())

/** filtered gives the templates that fit, by name; the chosen one always stays in sight. */
export function filtered(templates: readonly Template[], filter: TemplateFilter, chosen: string): Template[] {
  const text = fold(filter.text.trim())
  return templates
    .filter(
      (one) =>
        one.id === chosen ||
        ((!filter.category || one.category === filter.category) &&
          (!filter.language || one.language === filter.language) &&
          (filter.state !== 'sendable' || sendable(one)) &&
          fold(one.name + ' ' + one.shape.body.text).includes(text)),
    )
    .toSorted((a, b) => a.name.localeCompare(b.name) || a.language.localeCompare(b.language))
}

/** lackedBy names the numbers of a campaign whose account has no template of this name. */
export function lackedBy(template: Template, all: readonly Template[], senders: readonly SenderFound[]): string[] {
  const namesakes = all.filter((one) => one.name === template.name)
  return senders
    .filter((sender) => !namesakes.some((one) => one.inbox_ids.includes(sender.inbox_id)))
    .map((sender) => sender.label)
}

/** wordOf is the part of a word file's key for what the provider writes in capitals. */
export const wordOf = (text: string): string => text.toLowerCase()
