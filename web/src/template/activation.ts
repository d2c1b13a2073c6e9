import type { Inbox, Template } from '@/api'
import type { NumberTemplates } from '@/api/generated'

/** Chosen is which templates agents use on one number, as the server takes it. */
export interface Chosen {
  inbox_id: string
  inactive: string[]
}

/** Choice is one template that some of the chosen numbers have: the same name and language in each of their accounts. */
export interface Choice {
  key: string
  template: Template
  /** Ids of it by account. */
  ids: Map<string, string>
  /** The chosen numbers that have it. */
  numbers: string[]
  /** Those of them on which agents use it now. */
  used: string[]
}

export const keyOf = ({ name, language }: Pick<Template, 'name' | 'language'>) => name + '|' + language

/** choicesOf lists what can be chosen for some numbers, by name and language. Drafts the provider does not have are not offered. */
export function choicesOf(all: Template[], numbers: Inbox[]): Choice[] {
  const found = new Map<string, Choice>()
  for (const template of all) {
    const having = numbers.filter((one) => template.inbox_ids.includes(one.id)).map((one) => one.id)
    if (!having.length || ['DRAFT', 'SUBMITTING'].includes(template.status)) continue
    const key = keyOf(template)
    const choice = found.get(key) ?? { key, template, ids: new Map<string, string>(), numbers: [], used: [] }
    choice.ids.set(template.account_external_id, template.id)
    choice.numbers.push(...having)
    choice.used.push(...having.filter((id) => !template.unused_inbox_ids.includes(id)))
    found.set(key, choice)
  }
  return [...found.values()].sort((a, b) => a.key.localeCompare(b.key))
}

/** usedOn gives the keys of the choices agents use on a number: the model to copy. A template the number does not have says nothing. */
export function usedOn(all: Template[], number: string): Map<string, boolean> {
  return new Map(
    all
      .filter((one) => one.inbox_ids.includes(number))
      .map((one) => [keyOf(one), !one.unused_inbox_ids.includes(number)] as const),
  )
}

/** chosenOf writes a choice for each number in its own account's ids. */
export function chosenOf(choices: Choice[], on: Set<string>, numbers: Inbox[]): Chosen[] {
  return numbers.map((number) => ({
    inbox_id: number.id,
    inactive: choices
      .filter((one) => one.numbers.includes(number.id) && !on.has(one.key))
      .map((one) => one.ids.get(number.account_external_id)!),
  }))
}

/** before is how some numbers stand, to go back to. */
export const before = (lines: NumberTemplates[], numbers: Inbox[]): Chosen[] =>
  numbers.map(({ id }) => ({
    inbox_id: id,
    inactive: lines.find((one) => one.inbox_id === id)?.inactive ?? [],
  }))
