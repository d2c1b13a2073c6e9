import {
  Bot,
  ChartColumn,
  Clock,
  ContactRound,
  Copy,
  Headset,
  History,
  LayoutTemplate,
  Megaphone,
  MessageSquare,
  MessageSquareQuote,
  MessagesSquare,
  MoonStar,
  Plane,
  RadioTower,
  Send,
  Settings,
  Star,
  SlidersHorizontal,
  Workflow,
  Zap,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { Ability, Area } from '@/api'

/** One page in the menu. */
export interface MenuEntry {
  /** Where it leads. An entry whose page is not built is not shown. */
  path: string
  /** Its word is app.menu.<name>, and app.shortcut.<name> when it has a letter. */
  name: string
  icon: Component
  /** The area whose view permission shows it. */
  area: Area
  /** The ability it needs besides. */
  ability?: Ability
  /** The letter that goes there after "g". */
  letter?: string
  /** Stands on the rail itself, one click away, instead of in its group's submenu. */
  direct?: boolean
  /** Has a place in the bottom bar of phones; the others are under More. */
  phone?: boolean
}

/** Entries that belong together. With several visible entries it opens a submenu, with one it is that entry. */
export interface MenuGroup {
  name: string
  icon: Component
  entries: MenuEntry[]
}

/**
 * menu is every page a person can go to, in the order shown. A new screen adds one line here. What agents use all day is direct:
 * changing between the desk and a contact should not cost a second click.
 */
export const menu: MenuGroup[] = [
  {
    name: 'attention',
    icon: MessagesSquare,
    entries: [
      { path: '/desk', name: 'desk', icon: MessageSquare, area: 'desk', letter: 'd', direct: true, phone: true },
      {
        path: '/contacts',
        name: 'contacts',
        icon: ContactRound,
        area: 'contacts',
        letter: 'c',
        direct: true,
        phone: true,
      },
      { path: '/off-hours', name: 'offHours', icon: MoonStar, area: 'desk' },
      { path: '/history', name: 'history', icon: History, area: 'desk', letter: 'h' },
      { path: '/quick-replies', name: 'quickReplies', icon: MessageSquareQuote, area: 'desk' },
      { path: '/absence', name: 'absence', icon: Plane, area: 'desk' },
    ],
  },
  {
    name: 'campaign',
    icon: Send,
    entries: [
      {
        path: '/campaigns',
        name: 'campaigns',
        icon: Megaphone,
        area: 'campaigns',
        letter: 'a',
        direct: true,
        phone: true,
      },
      { path: '/broadcast', name: 'broadcast', icon: RadioTower, area: 'campaigns', ability: 'broadcast' },
      { path: '/campaigns/reports', name: 'campaignReports', icon: ChartColumn, area: 'campaigns' },
    ],
  },
  {
    name: 'settings',
    icon: Settings,
    entries: [
      { path: '/settings/attention', name: 'attentionSettings', icon: Headset, area: 'settings' },
      { path: '/settings/hours', name: 'hours', icon: Clock, area: 'settings' },
      { path: '/settings/chatbot', name: 'chatbots', icon: Bot, area: 'automation' },
      { path: '/settings/copy', name: 'copySettings', icon: Copy, area: 'settings' },
      { path: '/settings/template-activation', name: 'templateActivation', icon: LayoutTemplate, area: 'settings' },
      { path: '/settings/flows', name: 'flows', icon: Workflow, area: 'automation' },
      { path: '/workflows', name: 'workflows', icon: Zap, area: 'automation' },
      { path: '/surveys', name: 'surveys', icon: Star, area: 'automation' },
      { path: '/settings/active-messages', name: 'sendingSettings', icon: SlidersHorizontal, area: 'settings' },
    ],
  },
]
