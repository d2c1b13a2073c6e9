import type { Attention, Id } from '@/api'
import type { Closing } from './conversation.api'

export type ClosingRules = Attention['closing']

/** ClosingForm is what is filled in when a ticket is closed. */
export interface ClosingForm {
  result: string
  category: string
  note: string
  tags: Id[]
}

/** The field of the form that lacks something, or nothing when the ticket can be closed. */
export type Missing = '' | 'category' | 'note' | 'tags'

export const asksForCategory = (rules: ClosingRules) =>
  rules.categories.length > 0 && (rules.note_mode === 'category' || rules.note_mode === 'category_summary')

/** missing names the first field a closing lacks by the workspace's rules. The server asks again. */
export function missing(rules: ClosingRules, closing: Omit<ClosingForm, 'result'>): Missing {
  if (asksForCategory(rules) && !closing.category) return 'category'
  if (rules.note_mode === 'category_summary' && !closing.note.trim()) return 'note'
  if (rules.tags_required && !closing.tags.length) return 'tags'
  return ''
}

/** closingOf is what the server is told: tags only when they changed, nothing of a note where none is kept. */
export function closingOf(rules: ClosingRules, form: ClosingForm, before: Id[]): Closing {
  const kept = rules.note_mode !== 'off'
  const same = form.tags.length === before.length && form.tags.every((id) => before.includes(id))
  return {
    result: form.result,
    category: kept ? form.category : '',
    note: kept ? form.note.trim() : '',
    ...(same ? {} : { tag_ids: form.tags }),
  }
}

/** focusMissing puts the caret where something is missing. */
export function focusMissing(field: Missing): void {
  document
    .getElementById('close-' + field)
    ?.querySelector<HTMLElement>('select, textarea, input')
    ?.focus()
}
