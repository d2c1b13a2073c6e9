import { useQuery } from '@pinia/colada'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api'
import type { FleetDifference, HoursHoliday, HoursInterval } from '@/api/generated/types.gen'
import { useFormat } from '@/i18n/format'
import { weekOf } from '@/i18n/week'
import { useInboxes } from '@/inbox'
import { useAgents, useOwnWords, useQueueName, type Own, type OwnName } from '@/routing'

/** Where the words of a field are, by part; those of attention come from its own room. */
const names: Record<string, Record<string, string>> = {
  chatbot: {
    enabled: 'chatbot.enabled',
    meets: 'chatbot.meets',
    default_queue_id: 'chatbot.defaultQueue',
    flow_id: 'fleet.flow',
    language: 'chatbot.language',
    'greeting.first': 'chatbot.first',
    'greeting.return': 'chatbot.return',
    'greeting.return_hours': 'chatbot.returnHours',
    'faq.on': 'chatbot.faqOn',
    'faq.text': 'chatbot.faqText',
    'faq.questions': 'fleet.questions',
    'faq.person': 'chatbot.person',
    'queues.on': 'chatbot.centre',
    'queues.text': 'chatbot.queuesText',
    'queues.options': 'fleet.queues',
    'service.before': 'chatbot.before',
    'service.after': 'chatbot.after',
    'links.instagram': 'chatbot.places.instagram',
    'links.facebook': 'chatbot.places.facebook',
    'links.linkedin': 'chatbot.places.linkedin',
    'links.site': 'chatbot.places.site',
    'links.caption': 'chatbot.caption',
    'links.menu': 'chatbot.linksMenu',
    'links.after': 'chatbot.linksAfter',
  },
  hours: {
    time_zone: 'hours.zone',
    always: 'hours.always',
    days: 'hours.week',
    holidays: 'hours.holidays',
    'unavailable.on': 'hours.unavailableOn',
    'unavailable.text': 'fleet.unavailableText',
    'unavailable.notify': 'hours.notify',
    'unavailable.language': 'hours.language',
  },
  absence: {
    since: 'fleet.since',
    until: 'fleet.until',
    text: 'fleet.absenceText',
    colleague_id: 'fleet.colleague',
    other_inbox_id: 'fleet.otherNumber',
  },
}

/** useSettingWords puts differences of settings in words. */
export function useSettingWords() {
  const { t, te, locale } = useI18n()
  const format = useFormat()
  const queueName = useQueueName()
  const agents = useAgents()
  const inboxes = useInboxes()
  const own = useOwnWords()
  const flows = useQuery({
    key: ['flow-names'],
    query: async () => (await api.get<{ items: { id: string; name: string }[] | null }>('/flows')).items ?? [],
    staleTime: 60_000,
  })
  const nobody = computed(() => t('fleet.nothing'))
  const inboxName = (id: string) => inboxes.data.value?.find((one) => one.id === id)?.label ?? id

  const span = (list: HoursInterval[] | null) =>
    list?.length ? list.map((one) => `${one.from}–${one.to}`).join(', ') : t('hours.restDay')
  const lists: Record<string, (value: never[]) => string> = {
    'faq.questions': (value: { question: string; answer: string }[]) =>
      value.map((one) => `${one.question} → ${one.answer}`).join('\n'),
    'queues.options': (value: { queue_id: string; title: string }[]) =>
      value.map((one) => `${one.title} → ${queueName(one.queue_id)}`).join('\n'),
    days: (value: (HoursInterval[] | null)[]) =>
      weekOf(locale.value)
        .map(({ day, name }) => `${name}: ${span(value[day] ?? null)}`)
        .join('\n'),
    holidays: (value: HoursHoliday[]) =>
      value.map((one) => `${one.date} ${one.name}: ${span(one.intervals)}`).join('\n'),
  }
  const ids: Record<string, (id: string) => string> = {
    default_queue_id: (id) => queueName(id) || id,
    flow_id: (id) => flows.data.value?.find((one) => one.id === id)?.name ?? id,
    colleague_id: (id) => agents.data.value?.find((one) => one.user_id === id)?.name ?? id,
    other_inbox_id: inboxName,
  }

  function valueOf({ part, field }: FleetDifference, value: unknown): string {
    if (part === 'attention')
      return value === undefined || value === null
        ? t('fleet.asCompany')
        : own.say(field as OwnName, value as NonNullable<Own[OwnName]>)
    if (typeof value === 'boolean' || field.endsWith('.on')) return t(value ? 'fleet.on' : 'fleet.off')
    if (value === undefined || value === null || value === '' || value === 0 || (Array.isArray(value) && !value.length))
      return nobody.value
    if (Array.isArray(value)) return (lists[field] ?? ((list: unknown[]) => list.join(', ')))(value as never[])
    if (part === 'absence' && typeof value === 'number') return format.stamp(value)
    return ids[field]?.(String(value)) ?? String(value)
  }

  return {
    inboxName,
    partName: (part: string) => t('fleet.parts.' + part),
    nameOf({ part, field }: FleetDifference): string {
      if (part === 'attention') return own.nameOf(field as OwnName)
      const key = names[part]?.[field]
      return key && te(key) ? t(key) : field
    },
    fromOf: (one: FleetDifference) => valueOf(one, one.from),
    toOf: (one: FleetDifference) => valueOf(one, one.to),
  }
}
