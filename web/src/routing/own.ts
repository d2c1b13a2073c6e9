import type { InboxAttention } from '@/api/generated/types.gen'
import type { Attention } from '@/api'

/** What a number can have of its own. */
export type Own = InboxAttention
export type OwnName = keyof Own

/** The settings of a number by the part of the page that holds them. */
export const ownParts = {
  firstAnswer: ['answer_minutes', 'unanswered'],
  silence: [
    'silence_minutes',
    'silence_text',
    'silence_close',
    'silence_result',
    'agent_minutes',
    'agent_text',
    'agent_back',
  ],
  transfers: ['transfer_agents', 'transfer_queues', 'transfer_numbers'],
  actives: ['active', 'active_people'],
  sounds: ['sound', 'sound_own'],
  closing: ['note_mode', 'categories', 'results', 'tags_required', 'assignee', 'keep_days'],
} as const satisfies Record<string, OwnName[]>

/** valueOf is what holds for a setting: the number's own, else the company's. */
export function valueOf<Name extends OwnName>(name: Name, own: Own, company: Attention): NonNullable<Own[Name]> {
  return (own[name] ?? { ...company.distribution, ...company.closing }[name]) as NonNullable<Own[Name]>
}

/** withOwn sets a setting apart, beginning with the company's value, or lets it be as the company's again. */
export function withOwn(name: OwnName, apart: boolean, own: Own, company: Attention): Own {
  const next = { ...own }
  delete next[name]
  return apart ? { ...next, [name]: valueOf(name, {}, company) } : next
}

/** withoutIdle leaves out what has no effect: days for which nobody is kept, people nobody writes to. */
export function withoutIdle(own: Own, company: Attention): Own {
  const kept = valueOf('assignee', own, company) === 'keep_days' ? own : withOwn('keep_days', false, own, company)
  return valueOf('active', own, company) ? kept : withOwn('active_people', false, kept, company)
}
