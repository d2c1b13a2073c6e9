import type { Agent, Id, Millis, Rendered } from '@/api'
import type { CampaignCost, CampaignCostReport, CampaignDryRun, CampaignSpent } from '@/api/generated/types.gen'

/* What the API says about campaigns (docs/openapi.json, internal/campaign). */

export type CampaignState =
  'draft' | 'checking' | 'ready' | 'scheduled' | 'sending' | 'paused' | 'done' | 'cancelled' | 'failed'

/** Columns says which header of the sheet holds what; an empty text is in no column. */
export interface Columns {
  phone: string
  sender: string
  template: string
  language: string
  agent_email: string
  queue: string
  name: string
  /** By the name of a variable ("1", "nombre") or by its full place ("body.1"). */
  variables: Record<string, string>
  /** The numbers in variables come from the order of the columns, not from their headers. */
  by_position?: boolean
}

/** OnePerson is an audience of a single person. */
export interface OnePerson {
  phone: string
  name: string
}

export interface Audience {
  /** sheet, one or segment; empty while nobody chose, and for sheets of before. */
  kind: string
  one: OnePerson
  segment_id: Id
  segment_name: string
  file_id: Id
  file_name: string
  format: string
  encoding: string
  headers: string[] | null
  columns: Columns
  default_sender_id: Id
  rows: number
  /** Rows that are not as the file has them, those taken out among them. */
  corrected: number
  taken_out: number
}

/** Source is where a value comes from: the first of column, contact field and text that is not blank, else the fallback. */
export interface Source {
  column?: string
  field?: string
  text?: string
  fallback?: string
}

/** MessageSettings is one template for all rows, or without one the template each row names. */
export interface MessageSettings {
  template_id: Id
  language: string
  values: Record<string, Source>
}

export type Target = '' | 'agent' | 'queue' | 'bot' | 'notify' | 'none' | 'column'

export interface Route {
  target: Target
  target_id: Id
  /** When the flow that is the target is a router: the child it begins in. */
  target_child_id: Id
  /** Of the flow that is the target, or its child: where replies begin; people: its first block of human service. */
  target_block: string
  email: string
  button: string
  other_target: Target
  other_target_id: Id
  fallback_queue_id: Id
  fallback_minutes: number
}

/**
 * Pace is gradual sending: so many messages every so many minutes; zeros send all at once. Above slow_above tickets waiting in a
 * queue that replies go to less goes out, above stop_above nothing; zeros: whatever waits.
 */
export interface Pace {
  per_slice: number
  every_minutes: number
  slow_above: number
  stop_above: number
  per_agent: boolean
}

export interface RowProblem {
  field: string
  code: string
  words: string
  /** What would mend it, in words, and the value that would be right. */
  fix?: string
  fix_value?: string
}

export interface SenderFound {
  inbox_id: Id
  label: string
  address?: string
  count: number
  quality: string
}

export interface TemplateFound {
  template_id: Id
  name: string
  language: string
  category: string
  quality?: string
  count: number
}

export interface Check {
  state: '' | 'running' | 'done' | 'failed'
  /** How much of the file is read, 0 to 1. */
  part: number
  read: number
  rows: number
  ready: number
  errors: number
  duplicates: number
  opted_out: number
  /** People written to as often as the workspace allows. */
  capped: number
  /** Rows a person took out. */
  taken_out: number
  /** Rows corrected since: the figures are of before them. */
  corrected: number
  senders: SenderFound[] | null
  templates: TemplateFound[] | null
  reasons: { code: string; words: string; count: number }[] | null
  /** What has still to be chosen before it can be sent. */
  missing: RowProblem[] | null
  /** Why the sheet as a whole cannot be used. */
  problem?: RowProblem | null
  /** errors.csv can be downloaded. */
  errors_file: boolean
  finished_at: Millis | null
}

/** DryRun is what would happen if a checked campaign were sent as it stands; Cost what it costs by the workspace's prices. */
export type DryRun = CampaignDryRun
export type Cost = CampaignCost
/** Spent is what delivered messages cost by the prices as they were when they left; CostReport is that beside the forecast. */
export type Spent = CampaignSpent
export type CostReport = CampaignCostReport

/** Counts has each recipient in exactly one figure; replied is counted besides. */
export interface Counts {
  recipients: number
  waiting: number
  queued: number
  unconfirmed: number
  accepted: number
  sent: number
  delivered: number
  read: number
  replied: number
  failed: number
  left_out: number
}

export interface Author {
  id: Id
  name: string
}

/** When is a time as a clock of the zone shows it; without a time it is at once. The server finds the moment. */
export interface When {
  at: string
  zone: string
}

/** Schedule is a kept time; twice: that hour comes twice because clocks go back, and the first counts. */
export interface Schedule extends When {
  twice: boolean
}

/** Origin is where a campaign was made. */
export type Origin = 'wizard' | 'broadcast' | 'desk' | 'api'

/** Asked narrows lists and reports, as the API takes it; times are Unix milliseconds. */
export interface Asked {
  from?: number
  until?: number
  inbox_id?: Id
  template_id?: Id
  author_id?: Id
  origin?: string
  state?: string
  text?: string
}

/** Figures are what came of messages: each of the first four holds the next one. */
export interface Figures {
  made: number
  accepted: number
  delivered: number
  read: number
  replied: number
  failed: number
  left_out: number
}

/** ReportPart is one template, number or author. */
export interface ReportPart extends Figures {
  id: Id
  name: string
  /** The language of a template. */
  note: string
}

export interface CampaignReport {
  from: Millis
  until: Millis
  campaigns: number
  /** Campaigns whose figures have changed since they were counted. */
  counting: number
  total: Figures
  failures: Failure[] | null
  spent: Spent
  templates: ReportPart[] | null
  numbers: ReportPart[] | null
  authors: ReportPart[] | null
}

/** CampaignRow is what the list shows. */
export interface CampaignRow {
  id: Id
  name: string
  state: CampaignState
  /** Why it stands there when nobody asked for it, else the name of the state. */
  state_words: string
  /** Where it was made: an Origin, or one this desk does not know yet. */
  origin: string
  created_by: Author
  created_at: Millis
  scheduled_at: Millis | null
  started_at: Millis | null
  finished_at: Millis | null
  counts: Counts
}

export interface Campaign extends CampaignRow {
  /** Code of the reason; empty when there is none. */
  state_reason: string
  audience: Audience
  message: MessageSettings
  route: Route
  pace: Pace
  schedule: Schedule
  /** One more with every edit. */
  version: number
  check: Check
}

/** Change is what a PATCH says; what it leaves out stays. */
export interface Change {
  /** The version that was seen; another one meanwhile refuses the change. */
  version?: number
  name?: string
  audience?: { one?: OnePerson; segment_id?: Id; columns?: Columns; default_sender_id?: Id }
  message?: MessageSettings
  route?: Route
  pace?: Pace
  schedule?: When
}

export interface SheetRow {
  row: number
  cells: string[] | null
  sender: string
  phone: string
  template: string
  language: string
  problems: RowProblem[] | null
  /** What the file has in cells that were corrected, by header; empty for a row that is as the file has it. */
  was: Record<string, string> | null
  taken_out: boolean
  /** A long cell may be shortened here. */
  cut: boolean
}

/** RowChange corrects a row of the sheet; what is left out stays. */
export interface RowChange {
  row: number
  cells?: Record<string, string>
  taken_out?: boolean
  /** First as the file has it. */
  restore?: boolean
}

export interface Preview extends SheetRow {
  count: number
  rendered: Rendered
  missing: string[] | null
  /** What a header that is a file shows: an address, or "file:" and the id of a file of ours. */
  header_media?: string
}

export interface RouteCheck {
  ok: boolean
  words: string
  agent?: Pick<Agent, 'user_id' | 'name' | 'email' | 'availability' | 'online'> | null
  warning?: string
}

export interface SenderCounts extends Counts {
  inbox_id: Id
  label: string
}

export interface Failure {
  class: string
  code: string
  words: string
  advice: string
  /** The provider's own words. */
  detail?: string
  count: number
}

export interface Progress {
  state: CampaignState
  state_words: string
  counts: Counts
  rate_per_second: number
  /** Null when it cannot be told. */
  finish_at: Millis | null
  /** Of those who wait, for the end of their quiet hours; and when the first of them may be written to. */
  resting?: number
  quiet_until?: Millis | null
  /** Why it holds back by itself, in words. */
  waits?: string
  by_sender: SenderCounts[] | null
  failures: Failure[] | null
}

/** Move is a step from one state to another: who took it, or why it was taken when nobody asked for it. */
export interface Move {
  state: CampaignState
  words: string
  by: Author
  at: Millis
}

export interface Recipient {
  id: Id
  row: number
  /** waiting, left_out, failed, or the status of the message. */
  state: string
  /** Why it did not get through. */
  words: string
  inbox_id: Id
  phone: string
  name: string
  conversation_id: Id
  /** 0 when there was none. */
  replied_at: Millis
  at: Millis
}
