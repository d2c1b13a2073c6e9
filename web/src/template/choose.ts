import type { Template } from '@/api'
import { active } from './lookups'

/** What is looked for in the drawer; an empty value stands for all. */
export interface TemplateSearch {
  text: string
  category: string
  language: string
  quality: string
}

/** The words of qualities the provider gives; anything else is not rated yet. */
const qualities = ['GREEN', 'YELLOW', 'RED']

/** qualityOf is green, yellow, red, or unknown when the provider has not rated it. */
export function qualityOf({ quality }: Pick<Template, 'quality'>): string {
  const known = quality.toUpperCase()
  return qualities.includes(known) ? known.toLowerCase() : 'unknown'
}

export const categoryOf = ({ category }: Pick<Template, 'category'>) => category.toLowerCase()

/** sendable gives those that can go out now; who asked for no marketing gets none of it. */
export function sendable(all: Template[], optedOut: boolean): Template[] {
  return all.filter((one) => active(one) && !(optedOut && categoryOf(one) === 'marketing'))
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** fits tells whether a template has all words of a search in its name or its text, without minding accents, and the chosen kind. */
export function fits(template: Template, { text, category, language, quality }: TemplateSearch): boolean {
  const { header, body, footer } = template.shape
  const said = fold([template.name.replaceAll('_', ' '), template.name, header?.text, body.text, footer].join(' '))
  return (
    (!category || categoryOf(template) === category) &&
    (!language || template.language === language) &&
    (!quality || qualityOf(template) === quality) &&
    fold(text)
      .split(/\s+/)
      .every((word) => said.includes(word))
  )
}

/** lately parts templates: those this person used last, in that order, and the others as they were. */
export function lately(all: Template[], used: string[]): { recent: Template[]; others: Template[] } {
  const recent = used.flatMap((id) => all.filter((one) => one.id === id))
  return { recent, others: all.filter((one) => !recent.includes(one)) }
}

/** kinds lists what there is to choose from, each once; with one kind alone there is no choice. */
export function kinds(all: Template[], of: (one: Template) => string): string[] {
  const found = [...new Set(all.map(of))].sort()
  return found.length > 1 ? found : []
}
