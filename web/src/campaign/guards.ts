import type { Template } from '@/api'
import { fieldsOf } from '@/template'
import { hasAudience } from './audience'
import type { Campaign, Route } from './campaign.types'
import type { Form } from './form'
import { steps, type Step } from './steps'

/** Blocker is the one thing that keeps a step from being finished; the word file has a sentence for each. */
export type Blocker =
  | ''
  | 'file'
  | 'phone'
  | 'sender'
  | 'sheet'
  | 'nobody'
  | 'template'
  | 'values'
  | 'target'
  | 'email'
  | 'refused'
  | 'queue'
  | 'columns'
  | 'other'
  | 'fallback'
  | 'name'
  | 'past'
  | 'pace'
  | 'load'

export interface Given {
  campaign: Campaign
  form: Form
  /** The chosen template, when one is chosen for all. */
  template?: Template | undefined
  /** The goal of the route was refused by the server. */
  refused?: boolean
  now: number
}

/** blockerOf tells what keeps a step from being finished. A check that is still running keeps nothing. */
export function blockerOf(step: Step, given: Given): Blocker {
  return { audience: ofAudience, message: ofMessage, reply: ofReply, send: ofSend }[step](given)
}

/** firstOpen is the first step with something missing; the last one when nothing is. */
export function firstOpen(given: Given): Step {
  return steps.find((step) => blockerOf(step, given) !== '') ?? 'send'
}

function ofAudience({ campaign, form }: Given): Blocker {
  if (!hasAudience(campaign.audience)) return 'file'
  if (!form.columns.phone) return 'phone'
  if (!form.columns.sender && !form.sender) return 'sender'
  if (campaign.check.state === 'failed') return 'sheet'
  if (campaign.check.state === 'done' && campaign.check.ready === 0) return 'nobody'
  return ''
}

function ofMessage({ form, template }: Given): Blocker {
  if (!form.message.template_id) return form.columns.template ? '' : 'template'
  return template && missingValues(form, template).length > 0 ? 'values' : ''
}

/** missingValues are the keys of a template's variables that come from nowhere. */
export function missingValues(form: Form, template: Template): string[] {
  return fieldsOf(template.shape)
    .map((field) => field.key)
    .filter((key) => {
      const source = form.message.values[key]
      return !source || !(source.column || source.field || source.text?.trim() || source.fallback?.trim())
    })
}

function ofReply({ form, refused }: Given): Blocker {
  const route = form.route
  if (!route.target) return 'target'
  if (route.target === 'agent' && !route.email.trim() && !route.target_id) return 'email'
  if (route.target === 'queue' && !route.target_id) return 'queue'
  if (refused) return 'refused'
  if (route.target === 'column' && !form.columns.agent_email && !form.columns.queue) return 'columns'
  if (otherUnfinished(route)) return 'other'
  if (Boolean(route.fallback_queue_id) !== route.fallback_minutes > 0) return 'fallback'
  return ''
}

function otherUnfinished(route: Route): boolean {
  return route.button !== '' && ['queue', 'agent'].includes(route.other_target) && !route.other_target_id
}

function ofSend({ campaign, form, now }: Given): Blocker {
  if (!form.name.trim()) return 'name'
  if (form.when.at && form.when.at === campaign.schedule.at && (campaign.scheduled_at ?? now + 1) <= now) return 'past'
  if (form.pace.per_slice > 0 !== form.pace.every_minutes > 0) return 'pace'
  if (form.pace.stop_above > 0 && form.pace.slow_above >= form.pace.stop_above) return 'load'
  return ''
}

/** checkWanted tells that the sheet has to be read (again): it was never, or a row, the message or the route changed since. */
export function checkWanted(campaign: Campaign): boolean {
  return (
    campaign.state === 'draft' &&
    (!campaign.check.state || campaign.check.corrected > 0) &&
    hasAudience(campaign.audience) &&
    Boolean(campaign.audience.columns.phone)
  )
}

/** stepOf is the step where what a problem's field names is mended. */
export function stepOf(field: string): Step {
  if (field.startsWith('message')) return 'message'
  return field.startsWith('route') ? 'reply' : 'audience'
}
