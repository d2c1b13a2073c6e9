import type { Agent, Id } from '@/api'
import type { CampaignRow } from './campaign.types'

/** authorOf names who made a campaign; empty when it is nobody we know, such as a key. */
export function authorOf(row: Pick<CampaignRow, 'created_by'>, people: readonly Agent[] = []): string {
  const by = row.created_by
  if (by && typeof by === 'object') return by.name
  return nameOf(by, people)
}

function nameOf(id: Id | null, people: readonly Agent[]): string {
  return people.find((one) => one.user_id === id)?.name ?? ''
}

/** dateOf is the moment people look for: when it went out, or will, or was begun. */
export function dateOf(row: Pick<CampaignRow, 'started_at' | 'scheduled_at' | 'created_at'>): number {
  return row.started_at || row.scheduled_at || row.created_at
}
