import { api, type Id, type ScheduledMessage } from '@/api'
import { wallOf } from '@/i18n/wall'

/** When is a time as a clock of the zone shows it. */
export interface When {
  at: string
  zone: string
}
export interface TemplateChoice {
  template_id: Id
  values: Record<string, string>
}
export interface ScheduleDraft extends When {
  client_id: string
  kind: string
  text?: string
  file_id?: Id
  template?: TemplateChoice
  fallback?: TemplateChoice
}

const of = (conversation: Id) => `/conversations/${conversation}/scheduled`

export const schedules = {
  list: async (conversation: Id) => (await api.get<{ items: ScheduledMessage[] }>(of(conversation))).items,
  add: (conversation: Id, draft: ScheduleDraft) => api.post<ScheduledMessage>(of(conversation), draft),
  change: (conversation: Id, id: Id, change: When & { text: string }) =>
    api.patch<ScheduledMessage>(`${of(conversation)}/${id}`, change),
  remove: (conversation: Id, id: Id) => api.delete(`${of(conversation)}/${id}`),
  send: (conversation: Id, id: Id) => api.post(`${of(conversation)}/${id}/send`),
}

export type Preset = 'hour' | 'tomorrow' | 'monday'

/** presetOf is the time a preset means: in an hour, tomorrow at nine, or next Monday at nine. */
export function presetOf(preset: Preset, now: Date): string {
  const at = new Date(now)
  if (preset === 'hour') {
    at.setMinutes(at.getMinutes() + 60)
    return wallOf(at)
  }
  const days = preset === 'tomorrow' ? 1 : (8 - at.getDay()) % 7 || 7
  at.setDate(at.getDate() + days)
  at.setHours(9, 0, 0, 0)
  return wallOf(at)
}
