/*
 * The API's words, by the names the desk uses. The shapes are generated from docs/openapi.json (make api-types); what is
 * added here is only what the document cannot say: which objects may be null, and closed lists of words. Ids are decimal
 * texts, times Unix milliseconds.
 */
import type {
  AttentionSettings,
  Availability,
  ConversationNaming,
  Channel as GeneratedChannel,
  ConversationTag,
  ConversationWindowState,
  Counts,
  DemoAccounts as GeneratedDemoAccounts,
  DeskAbility,
  DeskDetail,
  DeskFile,
  DeskMessage,
  DeskMessageChange,
  DeskMessageDetails,
  DeskOrigin,
  DeskPastTicket,
  DeskPersonDetail,
  DeskProblem,
  DeskReceived,
  DeskRouteNow,
  DeskRow,
  DeskSavedView,
  DeskViewFilter,
  Inbox,
  KeptDraft,
  Me as GeneratedMe,
  MeUser,
  RoutingAgent,
  Notice,
  NoticeSettings,
  OwnNotices,
  Push,
  RoutingQueue,
  Scheduled,
  Template as GeneratedTemplate,
  TemplateButton,
  TemplateHeader,
  TemplateShape as GeneratedShape,
  TemplateText,
  UnsentDraft,
  TransferChoices,
} from './generated'

export type { Archive, FoundConversation, FoundMessage, PastTicket as HistoryTicket, SearchAnswer } from './generated'

export type Id = string
export type Millis = number

/** Change replaces some fields of a generated type with what we know better. */
type Change<T, New> = Omit<T, keyof New> & New
/** Nullable marks the fields that are null when there is nothing. */
type Nullable<T, Key extends keyof T> = Omit<T, Key> & { [K in Key]: T[K] | null }

export interface Page<T> {
  items: T[]
  next: string
}

// Session

export type Level = 'none' | 'view' | 'edit'
export type Area = 'desk' | 'contacts' | 'campaigns' | 'data' | 'organization' | 'settings' | 'automation'
export type Ability =
  'broadcast' | 'reply' | 'transfer' | 'see_all' | 'take_over' | 'manage_members' | 'export' | 'route_per_row'
export type AvailabilityState = Availability['state']

export type Me = Change<
  GeneratedMe,
  {
    user: Change<MeUser, { preferences: Record<string, unknown> }>
    permissions: { areas: Partial<Record<Area, Level>>; abilities: Ability[] }
  }
>
export type DemoAccounts = Omit<GeneratedDemoAccounts, 'handset'> & { handset?: string }

// Lookups

export type Agent = Change<RoutingAgent, { availability: AvailabilityState }>
export type Queue = RoutingQueue
/** What a channel can carry; without documents or voice notes those are null. */
export type Channel = Nullable<GeneratedChannel, 'documents' | 'voice'>
export type Priority = DeskRow['priority']
export type Attention = AttentionSettings
export type Tag = ConversationTag
export type { TransferChoices }
export type { Inbox, Counts }

type MayLack<T, Key extends keyof T> = Omit<T, Key> & { [K in Key]?: T[K] | null }
/** Lists and parts that a template does not have are null or missing. */
export type TemplateShape = Change<
  MayLack<GeneratedShape, 'footer' | 'buttons' | 'examples' | 'keys' | 'unfillable'>,
  {
    header?: MayLack<TemplateHeader, 'text' | 'variables'> | null
    body: MayLack<TemplateText, 'variables'>
    buttons?: TemplateButton[] | null
  }
>
export type Template = Change<GeneratedTemplate, { shape: TemplateShape }>

// Desk

export type View = 'mine' | 'snoozed' | 'queue' | 'team' | 'mentions' | 'closed'
export type WindowState = ConversationWindowState
export type WindowWord = WindowState['state']
export type Naming = ConversationNaming
export type SavedView = DeskSavedView
export type { DeskViewFilter, KeptDraft, UnsentDraft }

type MayBeNull = 'assignee' | 'queue' | 'ticket' | 'answer_by' | 'snooze'
type RowShape<T extends DeskRow> = Change<
  T,
  Pick<Nullable<DeskRow, MayBeNull>, MayBeNull> & {
    window: WindowState
  }
>
export type ConversationRow = RowShape<DeskRow>
export type RouteSummary = Pick<DeskOrigin['route'], 'target' | 'target_name'>
export type RouteNow = DeskRouteNow
export type Allowed = DeskAbility
export type ContactDetail = DeskPersonDetail
export type PastTicket = DeskPastTicket
export type CampaignReceived = DeskReceived
export type ConversationDetail = Change<
  RowShape<DeskDetail>,
  { contact: ContactDetail; origin: DeskOrigin | null; route_now: RouteNow | null }
>

export type MessageStatus = DeskMessage['status']
export type MessageError = DeskProblem
export type FileRef = Omit<DeskFile, 'state'> & { state?: DeskFile['state']; kind?: string }

export interface Rendered {
  header?: string
  body?: string
  footer?: string
  buttons?: (string | { kind?: string; text: string; url?: string })[] | null
}

/** Content is what the kinds of messages say besides words (internal/channel, type Content). */
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
  rendered?: Rendered
  media?: { mime?: string; name?: string; voice?: boolean; animated?: boolean }
  forward?: boolean
  /** The ad, post or product the person came from. */
  referral?: unknown
  new?: { kind: string; value: string }
  /** Members a note names. */
  mentions?: Naming[]
}

export type Message = Change<
  Nullable<DeskMessage, 'error' | 'reply_to' | 'answer' | 'edited_at' | 'revoked_at'>,
  { content: Content | null; file: FileRef | null }
>

export type MessageDetails = Change<
  DeskMessageDetails,
  { message: Message; changes: DeskMessageChange[] | null; raw?: unknown }
>

export type ScheduledMessage = Scheduled
export type NoticeLine = Notice
export type { NoticeSettings, OwnNotices, Push }

export interface MessageDraft {
  client_id: string
  kind: string
  text?: string
  file_id?: Id
  voice?: boolean
  reply_to_id?: Id
  /** Of a reaction; empty takes it back. */
  emoji?: string
  /** The newest message seen when its writing began. */
  seen_through_id?: Id
  /** Of a note: members it names. */
  mentions?: Id[]
  template?: { template_id: Id; values: Record<string, string> }
}

// Live: what the socket says (internal/desk, type Push). The OpenAPI document does not describe it.

export type Fact =
  | { kind: 'message'; conversation: ConversationRow; message: Message }
  | {
      kind: 'status'
      items: { message_id: Id; conversation_id: Id; status: MessageStatus; at: Millis; error?: MessageError }[]
    }
  | { kind: 'conversation'; conversation: ConversationRow }
  | { kind: 'gone'; conversation_ids: string[] }
  | { kind: 'removed'; conversation_id: Id; message_id: Id }
  | { kind: 'campaign'; campaign_id: Id; state: string }
  | { kind: 'progress'; campaign_id: Id }
  | { kind: 'availability'; user_id: Id; state: AvailabilityState; online: boolean; reason?: string; since?: Millis }
  | { kind: 'mentioned'; conversation: ConversationRow; conversation_id: Id; message_id: Id; text: string }
  | { kind: 'mentions_seen'; conversation_id: Id }
  | { kind: 'quick_replies' }
  | { kind: 'off_hours' }
  /** Settings of service are others than before: what is allowed is to be asked again. */
  | { kind: 'attention' }
  | { kind: 'notify'; conversation_id: Id; text: string }
  | { kind: 'scheduled'; conversation_id: Id }
  | {
      kind: 'notice'
      state: NoticeLine['kind']
      /** Missing when it is of none: the ZIP of tickets. */
      conversation?: ConversationRow
      conversation_id?: Id
      message_id?: Id
      text?: string
      /** It is heard as well. */
      sound?: boolean
    }
  | { kind: 'notices_read' }
  | { kind: 'looking'; conversation_id: Id; people: Looking[] | null }
  | { kind: 'reach' }

/** Looking is somebody who has a conversation open. */
export interface Looking {
  id: Id
  name: string
  writing: boolean
}

export type FactKind = Fact['kind']
export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>
