import type { Id } from '@/api'
import type { Campaign, Change, Columns, MessageSettings, Pace, Route, When } from './campaign.types'

/** Form is what the wizard changes of a campaign. */
export interface Form {
  name: string
  columns: Columns
  sender: Id
  message: MessageSettings
  route: Route
  pace: Pace
  /** When to start; without a time at once. */
  when: When
}

const noColumns: Columns = {
  phone: '',
  sender: '',
  template: '',
  language: '',
  agent_email: '',
  queue: '',
  name: '',
  variables: {},
}
export const noPace: Pace = { per_slice: 0, every_minutes: 0, slow_above: 0, stop_above: 0, per_agent: false }
const noRoute: Route = {
  target: '',
  target_id: '',
  target_child_id: '',
  target_block: '',
  email: '',
  button: '',
  other_target: '',
  other_target_id: '',
  fallback_queue_id: '',
  fallback_minutes: 0,
}

/** formOf copies what can be changed, filling in what the server left out. */
export function formOf(campaign: Campaign): Form {
  const { audience, message, route, pace } = campaign
  return unwrap({
    name: campaign.name,
    columns: { ...noColumns, ...audience?.columns, variables: { ...audience?.columns?.variables } },
    sender: audience?.default_sender_id ?? '',
    message: {
      template_id: message?.template_id ?? '',
      language: message?.language ?? '',
      values: { ...message?.values },
    },
    route: { ...noRoute, ...route },
    pace: { ...noPace, ...pace },
    when: { at: campaign.schedule?.at ?? '', zone: campaign.schedule?.zone ?? '' },
  })
}

/** plain writes a value so that equal ones give equal texts: keys in order, empty members left out. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    const pairs = Object.entries(inner).filter(([, one]) => one !== '' && one !== undefined && one !== false)
    return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

export const same = (a: unknown, b: unknown): boolean => plain(a) === plain(b)

/**
 * changesOf gives only what differs from the server's copy: saying the audience, the message or the route again would make
 * the server forget its check.
 */
export function changesOf(form: Form, campaign: Campaign): Change {
  const before = formOf(campaign)
  const change: Change = {}
  if (form.name.trim() !== before.name) change.name = form.name.trim()
  const columns = !same(form.columns, before.columns)
  const sender = form.sender !== before.sender
  if (columns || sender) {
    change.audience = { ...(columns && { columns: form.columns }), ...(sender && { default_sender_id: form.sender }) }
  }
  if (!same(form.message, before.message)) change.message = form.message
  if (!same(form.route, before.route)) change.route = form.route
  if (!same(form.pace, before.pace)) change.pace = form.pace
  if (!same(form.when, before.when)) change.schedule = form.when
  return unwrap(change)
}

/** rebase brings what one author changed of a draft, part by part, into the version another one made meanwhile. */
export function rebase(mine: Form, before: Campaign, theirs: Campaign): Form {
  const [old, fresh] = [formOf(before), formOf(theirs)]
  const changed = (Object.keys(fresh) as (keyof Form)[]).filter((part) => !same(mine[part], old[part]))
  return unwrap({ ...fresh, ...Object.fromEntries(changed.map((part) => [part, mine[part]])) })
}

/** unwrap copies a value through JSON: the form is reactive, which a structured clone refuses. */
function unwrap<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
