import type { Rendered, Template, TemplateShape } from '@/api'

/** Field is one value a template needs. Keys are those of the API: body.1, header.name, header.media, button.0. */
export interface Field {
  key: string
  part: 'header' | 'body' | 'button'
  name: string
  media?: 'image' | 'video' | 'document'
}

const variable = /\{\{\s*([\w.-]+)\s*\}\}/g

/** fieldsOf lists the values a template needs, in the order people read it. */
export function fieldsOf(shape: TemplateShape): Field[] {
  const format = shape.header?.format.toLowerCase()
  const media = (['image', 'video', 'document'] as const).find((kind) => kind === format)
  return [
    ...(media ? [{ key: 'header.media', part: 'header' as const, name: '', media }] : []),
    ...(shape.header?.variables ?? []).map((name) => ({ key: 'header.' + name, part: 'header' as const, name })),
    ...(shape.body.variables ?? []).map((name) => ({ key: 'body.' + name, part: 'body' as const, name })),
    ...(shape.buttons ?? []).flatMap((button) =>
      button.variable ? [{ key: button.variable, part: 'button' as const, name: button.text }] : [],
    ),
  ]
}

export type Problem = 'missing' | 'newline' | 'spaces' | 'link'

/** problemOf tells what the provider would refuse about a value (whatsapp-cloud-api, templates); empty when nothing. */
export function problemOf(field: Field, value: string | undefined): Problem | '' {
  const text = value?.trim() ?? ''
  if (!text) return 'missing'
  if (/[\n\r\t]/.test(text)) return 'newline'
  if (/ {5}/.test(text)) return 'spaces'
  if (field.media && !/^(https:\/\/|file:\d+$)/.test(text)) return 'link'
  return ''
}

/** Piece is a stretch of text, marked when it comes from a value or is still missing one. */
export interface Piece {
  text: string
  mark: '' | 'value' | 'missing'
}

/** piecesOf cuts a part into its own words and its values. */
export function piecesOf(text: string, prefix: 'header.' | 'body.', values: Record<string, string>): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of text.matchAll(variable)) {
    if (found.index > from) pieces.push({ text: text.slice(from, found.index), mark: '' })
    const value = values[prefix + found[1]!]?.trim()
    pieces.push(value ? { text: value, mark: 'value' } : { text: found[0], mark: 'missing' })
    from = found.index + found[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), mark: '' })
  return pieces
}

/** renderedOf is what the person will read, for the bubble that shows before the server has answered. */
export function renderedOf(template: Pick<Template, 'shape'>, values: Record<string, string>): Rendered {
  const { header, body, footer, buttons } = template.shape
  const join = (text: string, prefix: 'header.' | 'body.') =>
    piecesOf(text, prefix, values)
      .map((piece) => piece.text)
      .join('')
  return {
    header: header?.text ? join(header.text, 'header.') : '',
    body: join(body.text, 'body.'),
    footer: footer ?? '',
    buttons: (buttons ?? []).map(({ kind, text }) => ({ kind, text })),
  }
}
