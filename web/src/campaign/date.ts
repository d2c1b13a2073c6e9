import type { CampaignRow } from './campaign.types'

/** dateOf is the moment people look for: when it went out, or will, or was begun. */
export function dateOf(row: Pick<CampaignRow, 'started_at' | 'scheduled_at' | 'created_at'>): number {
  return row.started_at ?? row.scheduled_at ?? row.created_at
}
