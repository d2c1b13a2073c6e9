import type { Segment } from '@/contact/segments.api'
import { address, api, upload, type Id, type Page } from '@/api'
import type {
  Asked,
  Author,
  CampaignReport,
  Origin,
  Campaign,
  CampaignRow,
  Change,
  CostReport,
  DryRun,
  Move,
  Preview,
  Progress,
  Recipient,
  Route,
  RouteCheck,
  RowChange,
  SheetRow,
} from './campaign.types'

const of = (id: Id) => '/campaigns/' + id

export type Only = 'all' | 'errors' | 'corrected'

/** RouteWish is a goal of replies as far as it is chosen. */
export type RouteWish = { target: string } & Partial<
  Pick<Route, 'email' | 'target_id' | 'target_child_id' | 'target_block'>
>

export const campaigns = {
  list: (asked: Asked, cursor: string) => api.get<Page<CampaignRow>>('/campaigns', { ...asked, cursor, limit: 30 }),
  authors: () => api.get<{ items: Author[] }>('/campaign-authors'),
  report: (asked: Asked) => api.get<CampaignReport>('/campaign-report', { ...asked }),
  reportFile: (asked: Asked) => address('/campaign-report.csv', { ...asked }),
  create: (name = '', origin: Origin = 'wizard') => api.post<Campaign>('/campaigns', { name, origin }),
  get: (id: Id) => api.get<Campaign>(of(id)),
  change: (id: Id, change: Change) => api.patch<Campaign>(of(id), change),
  dryRun: (id: Id) => api.get<DryRun>(of(id) + '/dry-run'),
  cost: (id: Id) => api.get<CostReport>(of(id) + '/cost'),
  remove: (id: Id) => api.delete(of(id)),
  putFile: (id: Id, version: number, file: File, progress: (share: number) => void, signal: AbortSignal) =>
    upload<Campaign>(of(id) + '/file?version=' + version, file, progress, signal),
  check: (id: Id) => api.post<Campaign>(of(id) + '/check'),
  rows: (id: Id, only: Only, after: number, limit = 50) =>
    api.get<{ items: SheetRow[]; next: number }>(of(id) + '/rows', { only, after: after || undefined, limit }),
  correct: (id: Id, version: number, change: RowChange) =>
    api.patch<{ row: SheetRow; campaign: Campaign }>(of(id) + '/rows', { version, ...change }),
  preview: (id: Id, row: number) => api.get<Preview>(of(id) + '/preview', { row: row || undefined }),
  routeCheck: (id: Id, route: RouteWish) => api.post<RouteCheck>(of(id) + '/route-check', route),
  send: (id: Id, confirm: number) => api.post<Campaign>(of(id) + '/send', { confirm }),
  pause: (id: Id) => api.post<Campaign>(of(id) + '/pause'),
  resume: (id: Id) => api.post<Campaign>(of(id) + '/resume'),
  cancel: (id: Id) => api.post<Campaign>(of(id) + '/cancel'),
  moves: (id: Id) => api.get<{ items: Move[] }>(of(id) + '/moves'),
  progress: (id: Id) => api.get<Progress>(of(id) + '/progress'),
  recipients: (id: Id, state: string, cursor: string) =>
    api.get<Page<Recipient>>(of(id) + '/recipients', { state, cursor, limit: 50 }),
  errorsFile: (id: Id) => address(of(id) + '/errors.csv'),
  saveSegment: (id: Id, name: string) => api.post<Segment>(of(id) + '/segment', { name }),
  correctedFile: (id: Id) => address(of(id) + '/corrected.csv'),
  recipientsFile: (id: Id, state: string) => address(of(id) + '/recipients.csv', { state }),
  modelFile: (format: 'csv' | 'xlsx') => address('/campaign-model.' + format),
}
