import { useI18n } from 'vue-i18n'
import type { Attention } from '@/api'
import { valueOf, type Own, type OwnName } from './own'
import { useResultWords } from './results'

/** useOwnWords puts a setting of service in words. */
export function useOwnWords() {
  const { t } = useI18n()
  const results = useResultWords()
  const list = (words: string[]) => words.join(', ') || t('attention.listEmpty')
  const minutes = (value: number) => (value ? t('attention.minutesOf', { n: value }, value) : t('attention.never'))
  const text = (value: string) => value || t('attention.nothingSaid')
  const allowed = (value: boolean) => t(value ? 'attention.allowed' : 'attention.notAllowed')
  const words: { [Name in OwnName]: (value: NonNullable<Own[Name]>) => string } = {
    note_mode: (value) => t('attention.noteModes.' + value),
    results: (value) => list(value.map(results)),
    categories: list,
    tags_required: (value) => t(value ? 'attention.required' : 'attention.notRequired'),
    assignee: (value) => t('attention.assignees.' + value),
    keep_days: (value) => t('attention.daysOf', { n: value }, value),
    answer_minutes: (value) => (value ? t('attention.minutesOf', { n: value }, value) : t('attention.noLimit')),
    unanswered: (value) => t(value === 'online' ? 'attention.toOnline' : 'attention.toQueue'),
    silence_minutes: minutes,
    silence_text: text,
    silence_close: minutes,
    silence_result: (value) => (value ? results(value) : t('attention.noResult')),
    agent_minutes: minutes,
    agent_text: text,
    transfer_agents: allowed,
    transfer_queues: allowed,
    transfer_numbers: allowed,
    active: allowed,
    active_people: (value) => t('attention.peopleOf', { n: value }, value),
    sound: (value) => t(value ? 'attention.heard' : 'attention.silent'),
    sound_own: allowed,
    agent_back: (value) => t(value ? 'attention.goesBack' : 'attention.staysWithAgent'),
  }
  const names: Record<OwnName, string> = {
    note_mode: 'noteMode',
    results: 'results',
    categories: 'categories',
    tags_required: 'tagsRequired',
    assignee: 'assignee',
    keep_days: 'keepDays',
    answer_minutes: 'answerMinutes',
    unanswered: 'unanswered',
    silence_minutes: 'silenceMinutes',
    silence_text: 'silenceText',
    silence_close: 'silenceClose',
    silence_result: 'silenceResult',
    agent_minutes: 'agentMinutes',
    agent_text: 'agentText',
    agent_back: 'agentBack',
    transfer_agents: 'transferAgents',
    transfer_queues: 'transferQueues',
    transfer_numbers: 'transferNumbers',
    active: 'active',
    active_people: 'activePeople',
    sound: 'sound',
    sound_own: 'soundOwn',
  }
  return {
    nameOf: (name: OwnName) => t('attention.' + names[name]),
    /** say puts a value in words. */
    say: (name: OwnName, value: NonNullable<Own[OwnName]>) => words[name](value as never),
    wordsOf: (name: OwnName, own: Own, company: Attention) => words[name](valueOf(name, own, company) as never),
  }
}
