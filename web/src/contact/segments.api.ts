import { api, type Id } from '@/api'
import type { Segment as Made, SegmentCount, SegmentUse } from '@/api/generated'
import { noFilter, type PeopleFilter } from './people.api'

export type Segment = Made
export type { SegmentCount, SegmentUse } from '@/api/generated'

const of = (id: Id) => '/segments/' + id
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

/** queryOf is a filter as a segment keeps it; days mean those of the place it was made. */
function queryOf(filter: PeopleFilter): Segment['query'] {
  const query: Segment['query'] & { segment_id?: Id } = { ...filter }
  delete query.segment_id
  return filter.from || filter.until ? { ...query, zone: zone() } : query
}

/** People kept under a name, for everybody in the workspace. */
export const segments = {
  list: async () => (await api.get<{ items: Segment[] }>('/segments')).items,
  count: (id: Id) => api.get<SegmentCount>(of(id) + '/count'),
  uses: async (id: Id) => (await api.get<{ items: SegmentUse[] }>(of(id) + '/uses')).items,
  save: (name: string, filter: PeopleFilter) => api.post<Segment>('/segments', { name, query: queryOf(filter) }),
  rename: (id: Id, name: string) => api.patch<Segment>(of(id), { name }),
  remove: (id: Id) => api.delete(of(id)),
}

/** filterOf is what the list of people shows of a segment: its filter, or those put into it. */
export function filterOf({ id, kind, query }: Segment): PeopleFilter {
  if (kind === 'list') return { ...noFilter, segment_id: id }
  const filter: PeopleFilter & { zone?: string } = { ...noFilter, ...query }
  delete filter.zone
  return filter
}

/** chosenOf is the segment a filter shows; undefined for a filter of its own. */
export function chosenOf(all: Segment[], filter: PeopleFilter): Segment | undefined {
  const plain = (one: PeopleFilter) =>
    JSON.stringify(
      Object.entries(one)
        .filter(([, value]) => value)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  const shown = plain(filter)
  return shown === '[]' ? undefined : all.find((one) => plain(filterOf(one)) === shown)
}
