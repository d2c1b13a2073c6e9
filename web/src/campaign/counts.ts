import type { Check, Counts } from './campaign.types'

/** leftOut is how many rows of a sheet are not written to, whatever the reason. */
export const leftOut = (check: Check) => check.errors + check.duplicates + check.opted_out + check.capped

/** Segment is a stretch of the progress bar; its tone is the name of a colour token. */
export interface Segment {
  key: 'read' | 'delivered' | 'sent' | 'failed' | 'pending'
  count: number
  share: number
  tone: string
}

/** onTheWay are messages the provider has that are not delivered yet, and those nobody knows about. */
const onTheWay = (counts: Counts) => counts.accepted + counts.sent + counts.unconfirmed

/** segmentsOf divides all recipients into what happened to them. Those left out count as failed: they got nothing. */
export function segmentsOf(counts: Counts): Segment[] {
  const all = Math.max(1, counts.recipients)
  const make = (key: Segment['key'], count: number, tone: string) => ({ key, count, share: count / all, tone })
  return [
    make('read', counts.read, 'series-1'),
    make('delivered', counts.delivered, 'series-2'),
    make('sent', onTheWay(counts), 'series-5'),
    make('failed', counts.failed + counts.left_out, 'danger'),
    make('pending', counts.waiting + counts.queued, 'sunken'),
  ]
}

/** Stage is a figure of the funnel, with its share of the figure it is measured against. */
export interface Stage {
  key: 'accepted' | 'sent' | 'delivered' | 'read' | 'replied'
  count: number
  rate: number
}

/** funnelOf adds up what messages have reached: who read it was also reached. Rates are of those accepted. */
export function funnelOf(counts: Counts): Stage[] {
  const read = counts.read
  const delivered = read + counts.delivered
  const sent = delivered + counts.sent
  const accepted = sent + counts.accepted
  const rate = (count: number) => (accepted ? count / accepted : 0)
  return [
    { key: 'accepted', count: accepted, rate: counts.recipients ? accepted / counts.recipients : 0 },
    { key: 'sent', count: sent, rate: rate(sent) },
    { key: 'delivered', count: delivered, rate: rate(delivered) },
    { key: 'read', count: read, rate: rate(read) },
    { key: 'replied', count: counts.replied, rate: rate(counts.replied) },
  ]
}

/** replyRate is the share of those reached who answered; undefined before anybody was. */
export function replyRate(counts: Counts): number | undefined {
  const reached = counts.read + counts.delivered + counts.sent + counts.accepted
  return reached ? counts.replied / reached : undefined
}

/** shareDone is how much of a campaign is behind it, 0 to 1. */
export function shareDone(counts: Counts): number {
  return counts.recipients ? 1 - (counts.waiting + counts.queued) / counts.recipients : 0
}
