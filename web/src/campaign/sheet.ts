import type { Audience, Columns, MessageSettings, SheetRow } from './campaign.types'

/** The columns with a meaning of their own, in the order the screen asks for them. */
export const fields = ['phone', 'name', 'sender', 'template', 'language', 'agent_email', 'queue'] as const
export type Field = (typeof fields)[number]

/** cellOf gives the cell of a row under a header; empty when there is none. */
export function cellOf(audience: Audience, row: SheetRow, header: string): string {
  const at = header ? (audience.headers ?? []).indexOf(header) : -1
  return at < 0 ? '' : (row.cells?.[at] ?? '')
}

/** headerOf finds the column a problem is about, so that its cell stands out. */
export function headerOf(field: string, columns: Columns, message: MessageSettings): string {
  if ((fields as readonly string[]).includes(field)) return columns[field as Field]
  const key = field.replace(/^variables\./, '')
  if (key === field) return ''
  return message.values[key]?.column || columns.variables[key] || columns.variables[key.replace(/^\w+\./, '')] || ''
}

/** faultsOf are the headers whose cells are to blame. */
export function faultsOf(row: SheetRow, columns: Columns, message: MessageSettings): string[] {
  return (row.problems ?? []).map((problem) => headerOf(problem.field, columns, message)).filter(Boolean)
}

/** isCorrected tells that a cell of the row is not as the file has it. */
export const isCorrected = (row: SheetRow): boolean => Object.keys(row.was ?? {}).length > 0

/** Column is a column of the table of rows. */
export interface Column {
  key: string
  header: string
  /** Its meaning, for the heading; empty for a value of the template, which is headed by the sheet's own word. */
  field: Field | ''
}

const shownValues = 3

/**
 * columnsShown picks what the table shows: who, from where, with which template, and the first values. Language, who gets the
 * reply and the values behind the first ones show only where they are to blame, by their headers.
 */
export function columnsShown(columns: Columns, blamed: readonly string[] = []): Column[] {
  const more = (['language', 'agent_email', 'queue'] as const).filter((field) => blamed.includes(columns[field]))
  const named = [...(['sender', 'phone', 'name', 'template'] as const), ...more]
    .filter((field) => columns[field])
    .map((field) => ({ key: field, header: columns[field], field }))
  const taken = new Set<string>(named.map((column) => column.header))
  const rest = [...new Set(Object.values(columns.variables))].filter((header) => header && !taken.has(header))
  return [
    ...named,
    ...rest
      .filter((header, at) => at < shownValues || blamed.includes(header))
      .map((header) => ({ key: 'value.' + header, header, field: '' as const })),
  ]
}

/** movedTo gives a column its new header and takes that header away from any other meaning: a column means one thing. */
export function movedTo(columns: Columns, field: Field, header: string): Columns {
  const next = { ...columns, variables: { ...columns.variables } }
  if (header) {
    for (const other of fields) if (next[other] === header) next[other] = ''
    for (const [key, taken] of Object.entries(next.variables)) if (taken === header) delete next.variables[key]
  }
  next[field] = header
  return next
}
