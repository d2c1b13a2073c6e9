import type { Figures } from './campaign.types'

/** Tile is a figure of a report with its share of another one. */
export interface Tile {
  key: 'made' | 'accepted' | 'delivered' | 'read' | 'replied' | 'failed' | 'leftOut'
  count: number
  /** Undefined where there is nothing it is a share of. */
  rate?: number | undefined
}

const share = (part: number, of: number) => (of ? part / of : undefined)

/** responseRate is the answers among those who received it; those nothing reached could not answer. */
export const responseRate = (all: Figures) => share(all.replied, all.delivered)

/** tilesOf gives the figures of a report: what was sent and how much of it got how far. */
export function tilesOf(all: Figures): Tile[] {
  return [
    { key: 'made', count: all.made },
    { key: 'accepted', count: all.accepted, rate: share(all.accepted, all.made) },
    { key: 'delivered', count: all.delivered, rate: share(all.delivered, all.made) },
    { key: 'read', count: all.read, rate: share(all.read, all.delivered) },
    { key: 'replied', count: all.replied, rate: responseRate(all) },
    { key: 'failed', count: all.failed, rate: share(all.failed, all.made) },
    { key: 'leftOut', count: all.left_out },
  ]
}
