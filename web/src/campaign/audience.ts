import type { Audience } from './campaign.types'

/** The ways to say who a campaign is for, in the order they are offered. */
export const ways = ['one', 'sheet', 'segment'] as const
export type Way = (typeof ways)[number]

/** wayOf is the way an audience was given; a draft without one begins with a sheet. */
export const wayOf = ({ kind }: Audience): Way => ways.find((way) => way === kind) ?? 'sheet'

/** hasAudience tells whether somebody said who the campaign is for. */
export const hasAudience = (audience: Audience): boolean =>
  audience.kind === 'one' || audience.kind === 'segment' || Boolean(audience.file_id)

/** nameOf makes a campaign's name of its audience: clientes-noviembre.csv is "clientes noviembre", a person is its name. */
export function nameOf(audience: Audience): string {
  if (audience.kind === 'one') return audience.one.name || audience.one.phone
  if (audience.kind === 'segment') return audience.segment_name
  return (audience.file_name ?? '')
    .replace(/\.\w+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim()
}
