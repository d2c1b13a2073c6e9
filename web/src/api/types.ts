/* What the API says (docs/openapi.json). Ids are decimal texts, times Unix milliseconds. */

export type Id = string
export type Millis = number

export interface Page<T> {
  items: T[]
  next: string
}

// Session

export type Level = 'none' | 'view' | 'edit'
export type Area = 'desk' | 'contacts' | 'campaigns' | 'data' | 'organization' | 'settings' | 'automation'
export type Ability =
  'broadcast' | 'reply' | 'transfer' | 'see_all' | 'take_over' | 'manage_members' | 'export' | 'route_per_row'
export type AvailabilityState = 'online' | 'away' | 'invisible'

export interface Me {
  user: { id: Id; name: string; email: string; locale: string; preferences: Record<string, unknown> }
  workspace: { id: Id; name: string; locale: string }
  permissions: { areas: Partial<Record<Area, Level>>; abilities: Ability[] }
  availability: { state: AvailabilityState; reason: string; since: Millis }
  demo: boolean
  version: string
}

export interface DemoAccounts {
  accounts: { email: string; name: string; profile: string }[]
  password: string
}

// Lookups

export interface Agent {
  user_id: Id
  name: string
  email: string
  availability: AvailabilityState
  online: boolean
  open_tickets: number
  capacity: number
  queue_ids: Id[]
}

export interface Queue {
  id: Id
  name: string
  distribution: string
  capacity: number
  waiting: number
  members: number
}

export interface Inbox {
  id: Id
  channel: string
  label: string
  address: string
  address_display: string
  status: string
  status_words: string
  quality: string
  account_external_id: string
  time_zone: string
  default_queue_id: Id
  first_responder: string
}

export interface TemplateButton {
  kind: string
  text: string
  url?: string
  variable?: string
}

export interface TemplateShape {
  header?: { format: string; text?: string; variables?: string[] } | null
  body: { text: string; variables?: string[] }
  footer?: string
  buttons?: TemplateButton[]
}

export interface Template {
  id: Id
  name: string
  language: string
  category: string
  status: string
  quality: string
  account_external_id: string
  inbox_ids: Id[]
  shape: TemplateShape
}

// Desk

export type View = 'mine' | 'queue' | 'team' | 'closed'
export type WindowWord = 'open' | 'template_only' | 'opted_out' | 'account_problem'

export interface WindowState {
  state: WindowWord
  until: Millis
  allowed: string[] | null
  reason: string
}

export interface ConversationRow {
  id: Id
  contact: { id: Id; name: string; address_display: string; has_phone: boolean }
  inbox: { id: Id; label: string; channel: string }
  state: 'none' | 'open' | 'closed'
  holder: string
  assignee: { id: Id; name: string } | null
  queue: { id: Id; name: string } | null
  ticket: { id: Id; number: number; status: string; opened_at: Millis } | null
  window: WindowState
  waiting_since: Millis | null
  unread: number
  last_message_at: Millis
  preview: { text: string; direction: 'in' | 'out' | 'note' | ''; kind: string }
}

export interface Counts {
  mine: number
  queue: number
  team: number
  queue_longest_wait_since: Millis | null
}

export interface RouteSummary {
  target: string
  target_name: string
}

export interface RouteNow extends RouteSummary {
  target_id: Id
  campaign: string
  until: Millis
  button: string
}

export interface Allowed {
  ok: boolean
  reason: string
}

export interface ContactDetail {
  id: Id
  name: string
  address_display: string
  has_phone: boolean
  attributes: Record<string, string> | null
  opted_out_at: Millis | null
  identities: { channel: string; kind: string; display: string }[] | null
  created_at: Millis
}

export interface PastTicket {
  id: Id
  number: number
  result: string
  closing_note: string
  opened_at: Millis
  closed_at: Millis | null
  closed_by: string
}

export interface CampaignReceived {
  campaign_id: Id
  name: string
  sent_at: Millis
  status: string
  route: RouteSummary | null
  until: Millis | null
}

export interface ConversationDetail extends Omit<ConversationRow, 'contact'> {
  contact: ContactDetail
  origin: { campaign_id: Id; campaign: string; route: RouteSummary; until: Millis } | null
  route_now: RouteNow | null
  recent_tickets: PastTicket[] | null
  campaigns: CampaignReceived[] | null
  can: { reply: Allowed; assign: Allowed; close: Allowed; note: Allowed }
}

export type MessageStatus =
  'queued' | 'unconfirmed' | 'accepted' | 'sent' | 'failed' | 'delivered' | 'read' | 'played' | 'received'

export interface MessageError {
  code: number | string
  class: string
  words: string
  detail: string
}

export interface FileRef {
  id: Id
  name: string
  mime: string
  size: number
  state?: string
  url: string
  kind?: string
}

export interface TemplateContent {
  name: string
  language: string
  header?: { name?: string; text?: string; kind?: string } | null
  body?: { name?: string; text: string }[]
  rendered?: Rendered
}

export interface Rendered {
  header?: string
  body?: string
  footer?: string
  buttons?: (string | { kind?: string; text: string; url?: string })[] | null
}

export interface Content {
  location?: { latitude: number; longitude: number; name?: string; address?: string }
  cards?: { name: string; phones?: string[]; emails?: string[]; org?: string }[]
  emoji?: string
  payload?: string
  title?: string
  detail?: string
  answers?: unknown
  order?: unknown
  menu?: { button?: string; options: { id: string; title: string; detail?: string }[] }
  template?: TemplateContent
  rendered?: Rendered
  media?: { mime?: string; name?: string; voice?: boolean; animated?: boolean }
  forward?: boolean
  unknown?: unknown
}

export interface Message {
  id: Id
  conversation_id: Id
  direction: 'in' | 'out' | 'note' | 'marker'
  kind: string
  text: string
  content: Content | null
  file: FileRef | null
  author: { kind: string; id: Id; name: string } | null
  status: MessageStatus | ''
  times: Partial<Record<string, Millis>> | null
  error: MessageError | null
  client_id: string
  reply_to: { id: Id; text: string; kind: string } | null
  campaign_id: Id
  created_at: Millis
  buttons?: (string | { kind?: string; text: string; url?: string })[] | null
}

export interface MessageDraft {
  client_id: string
  kind: string
  text?: string
  file_id?: Id
  reply_to_id?: Id
  template?: { template_id: Id; values: Record<string, string> }
}

// Live

export type Fact =
  | { kind: 'message'; conversation: ConversationRow; message: Message }
  | {
      kind: 'status'
      items: { message_id: Id; conversation_id: Id; status: MessageStatus; at: Millis; error?: MessageError }[]
    }
  | { kind: 'conversation'; conversation: ConversationRow; gone: boolean }
  | { kind: 'removed'; conversation_id: Id; message_id: Id }
  | { kind: 'campaign'; campaign_id: Id; state: string }
  | { kind: 'progress'; campaign_id: Id }
  | { kind: 'availability'; user_id: Id; state: AvailabilityState; online: boolean }
  | { kind: 'notify'; conversation_id: Id; text: string }

export type FactKind = Fact['kind']
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>
