import { useI18n } from 'vue-i18n'
import type { Message } from '@/api'
import { useFormat } from '@/i18n/format'
import { useQueueName, useResultWords } from '@/routing'

type Params = Record<string, string>

interface Marker {
  code?: string
  params?: Params
}

/** useMarkerWords words the system events of a thread: who opened, took, gave or closed which ticket. */
export function useMarkerWords(): (message: Message) => string {
  const { t, te } = useI18n()
  const format = useFormat()
  const queueName = useQueueName()
  const resultWords = useResultWords()
  const joined = (...parts: string[]) => parts.filter(Boolean).join(' · ')

  function opened(params: Params): string {
    const { number = '', user = '', holder } = params
    const why = params.campaign ? t('conversation.marker.campaign', { campaign: params.campaign }) : ''
    if (holder === 'bot') return joined(t('conversation.marker.openedBot', { number }), why)
    if (user) return joined(t('conversation.marker.openedAgent', { number, user }), why)
    return joined(t('conversation.marker.openedQueue', { number, queue: queueOf(params) }), why)
  }

  const queueOf = (params: Params) => queueName(params.queue_id ?? '') || t('conversation.marker.aQueue')

  function assigned(params: Params, by: string): string {
    const { number = '', user = '' } = params
    const note = params.note ?? '' // of before a note became a message of its own
    if (params.holder === 'bot') return t('conversation.marker.toBot', { number, by })
    if (params.from === 'bot') {
      const to = user || (params.queue_id ? t('conversation.marker.inQueue', { queue: queueOf(params) }) : '')
      return joined(t('conversation.marker.handoff', { number }), to)
    }
    const late = params.lapsed ? t('conversation.marker.lapsed') : ''
    if (!user) return joined(t('conversation.marker.toQueue', { number, by, queue: queueOf(params) }), late, note)
    if (params.by_id && params.by_id === params.user_id)
      return joined(t('conversation.marker.taken', { number, user }), note)
    return joined(t('conversation.marker.toAgent', { number, by, user }), late, note)
  }

  function closed(params: Params, by: string): string {
    const took = params.took ? format.span(Number(params.took)) : ''
    const to = params.to ? t('conversation.marker.toNumber', { number: params.to }) : ''
    return joined(
      t('conversation.marker.closedTook', { number: params.number ?? '', by }),
      resultWords(params.result),
      params.category ?? '',
      took,
      to,
      params.note ?? '',
    )
  }

  function priority(params: Params, number: string, by: string): string {
    const key = 'ticket.priorities.' + (params.priority ?? '')
    return t('conversation.marker.priority', { number, by, priority: te(key) ? t(key) : (params.priority ?? '') })
  }

  /** changeOf says that the person has another number or id now; the provider's own words are the last resort. */
  function changeOf(message: Message): string {
    const now = message.content?.new
    if (now?.kind === 'phone') return t('thread.newNumber', { number: '+' + now.value.replace(/^\+/, '') })
    return now ? t('thread.newId') : message.text || t('conversation.kind.system')
  }

  return (message) => {
    const { code = '', params = {} } = (message.content ?? {}) as Marker
    const number = params.number ?? ''
    const by = params.by || t('conversation.marker.system')
    switch (code) {
      case 'ticket.opened':
        return opened(params)
      case 'ticket.assigned':
        return assigned(params, by)
      case 'ticket.closed':
        return closed(params, by)
      case 'ticket.reopened':
        return t('conversation.marker.reopened', { number, by })
      case 'ticket.moved':
        return t('conversation.marker.fromNumber', { number, by, from: params.from ?? '', ticket: params.ticket ?? '' })
      case 'ticket.priority':
        return priority(params, number, by)
      case 'ticket.on_hold':
        return t('conversation.marker.onHold', { number, by })
      case 'ticket.off_hold':
        return t('conversation.marker.offHold', { number, by })
      case 'ticket.snoozed':
        return params.until
          ? t('conversation.marker.snoozedUntil', { number, by, t: format.stamp(Number(params.until)) })
          : t('conversation.marker.snoozed', { number, by })
      case 'ticket.woken':
        return t('conversation.marker.woken', { number })
      case '':
        return changeOf(message)
      case 'contact.merged':
        return t('conversation.marker.merged', { by, name: params.name ?? '', other: params.other ?? '' })
      case 'contact.blocked':
        return t('conversation.marker.blocked', { by })
      case 'contact.unblocked':
        return t('conversation.marker.unblocked', { by })
      default:
        return message.text || code
    }
  }
}
