import { CornerDownRight, Hash, MessageSquare, Quote, Slash, User } from '@lucide/vue'
import { computed, type Component, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { ConversationRow, FoundConversation } from '@/api'
import { useConversations } from '@/conversation'
import { channelName } from '@/inbox'
import { offered, type Action } from '@/ui'
import { fit } from './match'
import { synonyms } from './synonyms'
import { useReplies } from './useReplies'
import { asked, useRecent, useSearch } from './useSearch'

/** One line of the bar. */
export interface Item {
  id: string
  icon: Component
  label: string
  detail: string
  keys: string[]
  /** When it was said, Unix milliseconds; 0 for what has no time. */
  at: number
  /** Words of the detail to mark. */
  search: string
  disabled: boolean
  run: () => unknown
}

export interface Group {
  name: string
  items: Item[]
}

/** A page of the menu. */
export interface Screen {
  path: string
  name: string
  icon: Component
  letter?: string
}

/** How many lines a group has at most. */
const most = 6

/** useItems are the lines for what is typed: actions here and pages, then people, conversations, messages, tickets. */
export function useItems(typed: Ref<string>, screens: () => Screen[]) {
  const { t } = useI18n()
  const router = useRouter()
  const store = useConversations()
  const { find, use } = useReplies()
  const { found, searching, problem } = useSearch(typed, find)
  const recent = useRecent((id) => store.rows.get(id))

  const line = (item: Partial<Item> & Pick<Item, 'id' | 'icon' | 'label' | 'run'>): Item => ({
    detail: '',
    keys: [],
    at: 0,
    search: '',
    disabled: false,
    ...item,
  })
  const actionLine = (action: Action): Item =>
    line({
      id: 'action-' + action.id,
      icon: action.icon ?? CornerDownRight,
      label: action.label,
      detail: action.reason ?? '',
      keys: action.keys ?? [],
      disabled: Boolean(action.reason),
      run: action.run,
    })
  const screenLine = (screen: Screen): Item =>
    line({
      id: 'screen-' + screen.name,
      icon: screen.icon,
      label: t('command.goTo', { page: t('app.menu.' + screen.name) }),
      keys: screen.letter ? ['g', screen.letter] : [],
      run: () => router.push(screen.path),
    })
  const open =
    (id: string, message = '') =>
    () =>
      router.push({ name: 'desk', params: { id }, query: { m: message || undefined } })
  const where = (row: FoundConversation) => `${channelName(row.channel)} · ${row.inbox_label}`
  const nameOf = (name: string) => name || t('command.unnamed')

  function rowLine(row: ConversationRow): Item {
    return line({
      id: 'recent-' + row.id,
      icon: MessageSquare,
      label: row.contact.name || row.contact.address_display,
      detail: `${channelName(row.inbox.channel)} · ${row.inbox.label}`,
      at: row.last_message_at,
      run: open(row.id),
    })
  }

  const people = computed(() =>
    found.value.people.flatMap((person) =>
      (person.conversations.length ? person.conversations : [undefined]).slice(0, 3).map((row) =>
        line({
          id: `person-${person.id}-${row?.id ?? ''}`,
          icon: User,
          label: nameOf(person.name),
          detail: [person.address_display, row ? where(row) : t('command.noConversation')].filter(Boolean).join(' · '),
          at: row?.last_message_at ?? 0,
          disabled: !row,
          run: row ? open(row.id) : () => undefined,
        }),
      ),
    ),
  )
  const messages = computed(() =>
    found.value.messages.map((one) =>
      line({
        id: 'message-' + one.id,
        icon: Quote,
        label: nameOf(one.conversation.contact_name),
        detail: (one.author ? one.author + ': ' : '') + one.excerpt,
        search: asked(typed.value).text,
        at: one.at,
        run: open(one.conversation.id, one.id),
      }),
    ),
  )
  const tickets = computed(() =>
    found.value.tickets.map((one) =>
      line({
        id: 'ticket-' + one.id,
        icon: Hash,
        label: t('command.ticket', { number: one.number, name: nameOf(one.conversation.contact_name) }),
        detail: where(one.conversation),
        at: one.opened_at,
        run: open(one.conversation.id),
      }),
    ),
  )

  const replyLines = computed(() =>
    found.value.replies.map((reply) =>
      line({
        id: 'reply-' + reply.id,
        icon: Slash,
        label: reply.title,
        detail: reply.body.slice(0, 120),
        search: asked(typed.value).text,
        run: () => use(reply),
      }),
    ),
  )

  /** best keeps what fits the words, the best first. */
  function best<T>(
    all: T[],
    text: string,
    label: (one: T) => string,
    id: (one: T) => string,
    turn: (one: T) => Item,
  ): Item[] {
    return all
      .map((one) => ({ one, score: fit(text, label(one), synonyms[id(one)]) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, most)
      .map(({ one }) => turn(one))
  }

  const likely = () => {
    const here = offered.value.filter((action) => action.likely && !action.reason).map(actionLine)
    return [...here, ...screens().map(screenLine)].slice(0, most)
  }

  const groups = computed<Group[]>(() => {
    const { kind, text } = asked(typed.value)
    const all: Group[] = []
    if (kind === 'all' && !text) {
      all.push({ name: 'here', items: likely() }, { name: 'recent', items: recent.value.map(rowLine) })
    } else if (kind === 'actions' && !text) {
      all.push({ name: 'actions', items: [...offered.value.map(actionLine), ...screens().map(screenLine)] })
    } else if (kind === 'actions' || kind === 'all') {
      const doing = best(
        offered.value,
        text,
        (a) => a.label,
        (a) => a.id,
        actionLine,
      )
      const pages = best(
        screens(),
        text,
        (s) => t('app.menu.' + s.name),
        (s) => s.name,
        screenLine,
      )
      all.push({ name: 'actions', items: [...doing, ...pages] })
    }
    all.push(
      { name: 'replies', items: replyLines.value },
      { name: 'tickets', items: tickets.value },
      { name: 'people', items: people.value },
      { name: 'messages', items: messages.value },
    )
    return all.filter((group) => group.items.length > 0)
  })
  const items = computed(() => groups.value.flatMap((group) => group.items))
  return { groups, items, searching, problem }
}
