import type { Template } from '@/api'
import type { Target } from './campaign.types'
import { fold } from './text'

// Words of messages that ask for money, as they begin in the three languages of the desk.
const money =
  /\b(cobr|factur|fatur|boleto|pago|pagamento|vencid|vencim|deuda|divida|mora\b|atraso|invoice|bill|payment|overdue|debt|due\b)/

/** isCollection tells whether a template seems to ask for money: such a message raises questions that people answer (D15). */
export const isCollection = (template: Template): boolean =>
  money.test(fold(template.name.replace(/[_-]+/g, ' ') + ' ' + template.shape.body.text))

export type Advice = '' | 'collection' | 'question'

/** adviceOf says which redirect fits the purpose of a template better than the one chosen; nothing when it fits. */
export function adviceOf(template: Template | undefined, target: Target): Advice {
  if (!template || target === 'queue' || target === 'agent') return ''
  if (isCollection(template)) return 'collection'
  const asks = (template.shape.buttons ?? []).some((button) => button.kind.toLowerCase() === 'quick_reply')
  return asks && target === 'notify' ? 'question' : ''
}
