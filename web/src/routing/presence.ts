import { useI18n } from 'vue-i18n'
import type { Agent, AvailabilityState } from '@/api'

/** Presence is what others may know of an agent: on line, away, or not here. */
export type Presence = 'online' | 'away' | 'offline'

/** presenceOf puts the wish to take tickets and the open connection together; who is invisible seems not to be here. */
export function presenceOf(agent: { availability: AvailabilityState; online: boolean }): Presence {
  if (!agent.online || agent.availability === 'invisible') return 'offline'
  return agent.availability
}

/** byPresence puts those who can take a ticket first, and among them those with the fewest. */
export function byPresence(a: Agent, b: Agent): number {
  const rank = { online: 0, away: 1, offline: 2 }
  return rank[presenceOf(a)] - rank[presenceOf(b)] || a.open_tickets - b.open_tickets || a.name.localeCompare(b.name)
}

const known = ['lunch', 'break', 'meeting', 'training']

/** usePauseWords words the reason of a pause; those a workspace adds are shown as they were written. */
export function usePauseWords(): (reason: string) => string {
  const { t } = useI18n()
  return (reason) => (known.includes(reason) ? t('app.availability.reasons.' + reason) : reason)
}
