import { api, type Id } from '@/api'
import type { SettingChange, SettingChanges, SettingResult, SettingResults } from '@/api/generated/types.gen'

export type Part = 'attention' | 'chatbot' | 'hours' | 'absence'
export type { SettingChange, SettingResult }

/** What is to be done to numbers: what is to be different, or a number whose settings are copied. */
export interface Want {
  changes?: SettingChanges
  model_id?: Id
  source_id?: Id
  parts?: Part[]
}

const body = (want: Want, numbers: { inbox_id: Id; versions?: Record<string, number> }[]) => ({ ...want, numbers })

/** The settings of many numbers. */
export const fleet = {
  preview: (want: Want, numbers: Id[]) =>
    api.post<SettingResults>(
      '/number-settings/preview',
      body(
        want,
        numbers.map((id) => ({ inbox_id: id })),
      ),
    ),
  /** apply makes what was seen in a preview; a number somebody changed since stays as it is. */
  apply: (want: Want, seen: SettingResult[]) =>
    api.post<SettingResults>(
      '/number-settings/apply',
      body(
        want,
        seen.map(({ inbox_id, versions }) => ({ inbox_id, versions })),
      ),
    ),
  journal: async (number: Id, before: Id) =>
    (await api.get<{ items: SettingChange[] | null }>(`/number-settings/changes?inbox_id=${number}&before=${before}`))
      .items ?? [],
  differences: (change: Id) => api.get<SettingResults>('/number-settings/changes/' + change),
  undo: (change: Id) => api.post<SettingResults>(`/number-settings/changes/${change}/undo`, {}),
}
