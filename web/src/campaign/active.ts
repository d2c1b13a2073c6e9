import { api, type Id } from '@/api'
import type { ActiveSent } from '@/api/generated'

/** ActivePerson is somebody to write to first: a contact, or a number as it was typed. */
export interface ActivePerson {
  contact: Id
  phone: string
  name: string
}

/** Where replies go: to who writes, to a queue, to a flow, or the number's usual way. */
export type ActiveReply = 'me' | 'usual' | `queue:${Id}` | `flow:${Id}`

export interface ActiveOrder {
  inbox: Id
  template: Id
  values: Record<string, string>
  people: ActivePerson[]
  reply: ActiveReply
  /** Of a flow that is a router: the child. */
  child?: Id
  /** Of a flow, or the child: where replies begin. */
  block?: string
}

/** The mark that stands for each person's name, the same as in quick replies. */
export const nameMark = '{{contact.name}}'
const mark = /\{\{[ \t]*contact\.name[ \t]*\}\}/g

/** bodyOf is an order as the API takes it: a value that names the person becomes one for each of them. */
export function bodyOf(order: ActiveOrder) {
  const named = Object.entries(order.values).filter(([, value]) => value.search(mark) >= 0)
  const common = Object.entries(order.values).filter(([key]) => !named.some(([one]) => one === key))
  const own = (name: string) => Object.fromEntries(named.map(([key, value]) => [key, value.replace(mark, name).trim()]))
  return {
    inbox_id: order.inbox,
    template_id: order.template,
    values: Object.fromEntries(common.map(([key, text]) => [key, { text }])),
    to: order.people.map(({ contact, phone, name }) => ({
      ...(contact ? { contact_id: contact } : { phone, name }),
      ...(named.length > 0 && { values: own(name) }),
    })),
    ...(order.reply !== 'me' && { route: routeOf(order) }),
  }
}

function routeOf({ reply, child, block }: ActiveOrder) {
  if (reply.startsWith('flow:'))
    return {
      target: 'bot',
      target_id: reply.slice('flow:'.length),
      target_child_id: child ?? '',
      target_block: block ?? '',
    }
  return reply === 'usual' ? { target: 'none' } : { target: 'queue', target_id: reply.slice('queue:'.length) }
}

/** looksLikePhone tells a number from words. The server has the last word. */
export const looksLikePhone = (text: string) => /^[+\d][\d\s().-]{6,}$/.test(text.trim())

export const actives = {
  send: (order: ActiveOrder, key: string) =>
    api.post<ActiveSent>('/active-messages', bodyOf(order), { 'Idempotency-Key': key }),
}
