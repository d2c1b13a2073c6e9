import type { TemplateShape } from '@/api'
import type { TemplateDraft } from '@/api/generated'

/** FormButton is a button while it is edited; its example moves with it. */
export interface FormButton {
  key: number
  kind: ButtonKind
  text: string
  url: string
  phone: string
  example: string
}

export const buttonKinds = ['quick_reply', 'url', 'phone_number', 'copy_code'] as const
export type ButtonKind = (typeof buttonKinds)[number]
export const headerFormats = ['', 'TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT'] as const

/** TemplateForm is what the editor of a template holds. */
export interface TemplateForm {
  inbox: string
  name: string
  language: string
  category: string
  format: string
  header: string
  file: string
  fileName: string
  body: string
  footer: string
  buttons: FormButton[]
  /** By variable: header.1, body.1 … Those of buttons stand with the button. */
  examples: Record<string, string>
}

/** What the provider takes, in characters and pieces, for the counters; the server is the judge. */
export const limits = { name: 512, header: 60, body: 1024, footer: 60, button: 25, url: 2000, code: 20, buttons: 10 }
const kindLimits: Record<ButtonKind, number> = { quick_reply: 10, url: 2, phone_number: 1, copy_code: 1 }

const variable = /\{\{\s*([\w.-]+)\s*\}\}/g
let keys = 0

/** lengthOf counts as the provider does: one for each character, also outside the basic plane. */
export const lengthOf = (text: string): number => [...text].length

/** variablesOf lists the variables of a text, each once, as they appear. */
export const variablesOf = (text: string): string[] => [...new Set([...text.matchAll(variable)].map((one) => one[1]!))]

/** nextVariable is the number a new variable of a text gets. */
export function nextVariable(text: string): number {
  const taken = variablesOf(text).map(Number)
  let next = 1
  while (taken.includes(next)) next++
  return next
}

/** nameOf makes of what people type a name the provider takes. */
export const nameOf = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s-]+/g, '_')

export const newButton = (kind: ButtonKind): FormButton => ({
  key: ++keys,
  kind,
  text: '',
  url: '',
  phone: '',
  example: '',
})

/** addable are the kinds of button there is still room for. */
export const addable = (buttons: FormButton[]): ButtonKind[] =>
  buttons.length >= limits.buttons
    ? []
    : buttonKinds.filter((kind) => buttons.filter((one) => one.kind === kind).length < kindLimits[kind])

/** withButton puts a new button in its place: quick replies stay together. */
export function withButton(buttons: FormButton[], kind: ButtonKind): FormButton[] {
  const last = buttons.findLastIndex((one) => one.kind === 'quick_reply')
  const at = kind === 'quick_reply' && last >= 0 ? last + 1 : buttons.length
  return buttons.toSpliced(at, 0, newButton(kind))
}

export const blankForm = (): TemplateForm => ({
  inbox: '',
  name: '',
  language: '',
  category: 'UTILITY',
  format: '',
  header: '',
  file: '',
  fileName: '',
  body: '',
  footer: '',
  buttons: [],
  examples: {},
})

/** formOf opens a draft for editing. */
export function formOf(draft: TemplateDraft, inbox: string): TemplateForm {
  const examples = draft.examples ?? {}
  return {
    ...blankForm(),
    inbox,
    name: draft.name,
    language: draft.language,
    category: draft.category,
    format: draft.header?.format ?? '',
    header: draft.header?.text ?? '',
    file: draft.header?.file_id && draft.header.file_id !== '0' ? draft.header.file_id : '',
    body: draft.body,
    footer: draft.footer ?? '',
    examples: Object.fromEntries(Object.entries(examples).filter(([key]) => !key.startsWith('button.'))),
    buttons: (draft.buttons ?? []).map((one, at) => ({
      ...newButton(one.kind as ButtonKind),
      text: one.kind === 'copy_code' ? '' : (one.text ?? ''),
      url: one.url ?? '',
      phone: one.phone ?? '',
      example: examples['button.' + at] ?? '',
    })),
  }
}

/** draftOf is what the server gets. */
export function draftOf(form: TemplateForm): TemplateDraft {
  const examples = { ...form.examples }
  form.buttons.forEach((one, at) => {
    if (one.example) examples['button.' + at] = one.example
  })
  return {
    name: form.name,
    language: form.language,
    category: form.category,
    body: form.body,
    footer: form.footer,
    examples,
    buttons: form.buttons.map(({ kind, text, url, phone }) => ({
      kind,
      text: kind === 'copy_code' ? '' : text,
      url: kind === 'url' ? url : '',
      phone: kind === 'phone_number' ? phone : '',
    })),
    ...(form.format
      ? {
          header: {
            format: form.format,
            ...(form.format === 'TEXT' ? { text: form.header } : form.file ? { file_id: form.file } : {}),
          },
        }
      : {}),
  }
}

/** shapeOf is what the preview shows; copy is the word the provider puts on a button that copies. */
export function shapeOf(form: TemplateForm, copy: string): TemplateShape {
  return {
    header: form.format
      ? { format: form.format, text: form.format === 'TEXT' ? form.header : '', variables: variablesOf(form.header) }
      : null,
    body: { text: form.body, variables: variablesOf(form.body) },
    footer: form.footer,
    buttons: form.buttons.map((one) => ({ kind: one.kind, text: one.kind === 'copy_code' ? copy : one.text })),
    keys: [],
    examples: {},
    unfillable: [],
  }
}
