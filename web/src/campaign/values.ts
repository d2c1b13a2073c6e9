import type { Rendered, Template, TemplateShape } from '@/api'
import { fieldsOf, fileOf } from '@/template'
import type { Columns, Source } from './campaign.types'
import type { Form } from './form'

/**
 * proposedSources fills in where values come from: what was chosen before stays, the sheet's own columns come next
 * ("body.1", then "1"). The server reads a sheet the same way.
 */
export function proposedSources(
  template: Template,
  columns: Columns,
  before: Record<string, Source> = {},
): Record<string, Source> {
  const body = new Set(template.shape.body.variables ?? [])
  const pairs = fieldsOf(template.shape).map((field): [string, Source] => {
    const kept = before[field.key]
    if (kept && (kept.column || kept.field || kept.text || kept.fallback)) return [field.key, { ...kept }]
    const short =
      field.part === 'body' || (field.part === 'header' && !field.media && !body.has(field.name)) ? field.name : ''
    const column = columns.variables[field.key] ?? (short ? columns.variables[short] : undefined)
    if (column) return [field.key, { column }]
    if (field.media) return [field.key, { text: '' }]
    const name = field.part === 'body' && /^(nombre|nome|name)$/i.test(field.name)
    return [field.key, name ? { field: 'name' } : {}]
  })
  return Object.fromEntries(pairs)
}

/** messageOf is what is said once a template is chosen, or none: its values are proposed, and what was chosen for another stays. */
export const messageOf = (chosen: Template | undefined, { columns, message }: Pick<Form, 'columns' | 'message'>) => ({
  template_id: chosen?.id ?? '',
  language: chosen?.language ?? '',
  values: chosen ? proposedSources(chosen, columns, withoutFile(message.values)) : {},
})

/** withoutFile leaves out the file of a header: another template may want another kind. */
export function withoutFile(values: Record<string, Source>): Record<string, Source> {
  const { 'header.media': media, ...rest } = values
  return media && !fileOf(media.text) && !fileOf(media.fallback) ? values : rest
}

const variable = /\{\{\s*([\w.-]+)\s*\}\}/g
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/**
 * valuesIn finds in a rendered text what stands in the place of each variable, so that the preview can mark it. A variable
 * without value stands there in braces and is left out.
 */
export function valuesIn(text: string, rendered: string, prefix: string): Record<string, string> {
  const keys: string[] = []
  let from = 0
  let pattern = ''
  for (const found of text.matchAll(variable)) {
    pattern += escaped(text.slice(from, found.index)) + '([\\s\\S]*?)'
    keys.push(prefix + found[1]!)
    from = found.index + found[0].length
  }
  const match = new RegExp('^' + pattern + escaped(text.slice(from)) + '$').exec(rendered)
  if (!match) return {}
  const pairs = keys.map((key, at) => [key, match[at + 1]!] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== '' && !/^\{\{.*\}\}$/.test(value)))
}

/** previewValues are the values of all parts of a rendered message; media is what its header shows. */
export function previewValues(shape: TemplateShape, rendered: Rendered, media = ''): Record<string, string> {
  return {
    ...(media && { 'header.media': media }),
    ...valuesIn(shape.header?.text ?? '', rendered.header ?? '', 'header.'),
    ...valuesIn(shape.body.text, rendered.body ?? '', 'body.'),
  }
}

/** shapeOf makes a template's shape of a message whose template is not known here: its words, without marks. */
export function shapeOf(rendered: Rendered): TemplateShape {
  return {
    header: rendered.header ? { format: 'TEXT', text: rendered.header } : null,
    body: { text: rendered.body ?? '' },
    footer: rendered.footer ?? '',
    buttons: (rendered.buttons ?? []).map((button) =>
      typeof button === 'string'
        ? { kind: 'quick_reply', text: button }
        : { kind: button.kind ?? '', text: button.text },
    ),
  }
}

/** kindOf tells which of the three ways of a source is in use, for the choice on the screen. */
export function kindOf(source: Source | undefined): 'column' | 'field' | 'text' {
  if (source?.field !== undefined) return 'field'
  if (source?.text !== undefined) return 'text'
  return 'column'
}
