import { address, api, upload, type Id } from '@/api'
import type { ContactImport as Import, ContactImportRow, ContactImportRules } from '@/api/generated'

export type ContactImport = Omit<Import, 'finished_at'> & { finished_at: number | null }
export type ImportRow = ContactImportRow
export type ImportRules = ContactImportRules

const of = (id: Id) => '/contact-imports/' + id

/** Sheets of people that are read into the contacts. */
export const imports = {
  put: (file: File, progress: (share: number) => void, signal: AbortSignal) =>
    upload<ContactImport>('/contact-imports', file, progress, signal),
  list: () => api.get<{ items: ContactImport[] }>('/contact-imports'),
  preview: (id: Id, rules: ImportRules) => api.post<{ items: ImportRow[] }>(of(id) + '/preview', rules),
  start: (id: Id, rules: ImportRules) => api.post<ContactImport>(of(id) + '/start', rules),
  stop: (id: Id) => api.post<ContactImport>(of(id) + '/stop'),
  errorsFile: (id: Id) => address(of(id) + '/errors.csv'),
  modelFile: (format: 'csv' | 'xlsx') => address('/contact-model.' + format),
}
