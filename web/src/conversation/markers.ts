import { useI18n } from 'vue-i18n'
import type { Message } from '@/api'
import { useQueueName } from '@/routing'

interface Marker {
  code?: string
  params?: Record<string, string>
}

/** The results a ticket can be closed with; others are shown as they were written. */
export const results = ['resolved', 'sold', 'no_answer', 'not_interested', 'spam', 'other'] as const

/** useMarkerWords words the system events of a thread: who opened, took, gave or closed which ticket. */
export function useMarkerWords(): (message: Message) => string {
  const { t } = useI18n()
  const queueName = useQueueName()

  function resultWords(result: string | undefined): string {
    if (!result) return ''
    return (results as readonly string[]).includes(result) ? t('conversation.result.' + result) : result
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
    const queue = queueName(params.queue_id ?? '') || t('conversation.marker.aQueue')
    const note = params.note ? ' · ' + params.note : ''
    switch (code) {
      case 'ticket.opened': {
        const why = params.campaign ? ' · ' + t('conversation.marker.campaign', { campaign: params.campaign }) : ''
        if (params.holder === 'bot') return t('conversation.marker.openedBot', { number }) + why
        if (params.user) return t('conversation.marker.openedAgent', { number, user: params.user }) + why
        return t('conversation.marker.openedQueue', { number, queue }) + why
      }
      case 'ticket.assigned':
        if (!params.user) return t('conversation.marker.toQueue', { number, by, queue }) + note
        if (params.by_id && params.by_id === params.user_id)
          return t('conversation.marker.taken', { number, user: params.user }) + note
        return t('conversation.marker.toAgent', { number, by, user: params.user }) + note
      case 'ticket.closed': {
        const result = resultWords(params.result)
        return t('conversation.marker.closed', { number, by }) + (result ? ' · ' + result : '') + note
      }
      case 'ticket.reopened':
        return t('conversation.marker.reopened', { number, by })
      case '':
        return changeOf(message)
      default:
        return message.text || code
    }
  }
}
