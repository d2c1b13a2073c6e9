import type { PersonPage } from './people.api'

/** One thing the two say, with the choice made: the value of the first unless it is empty. */
export interface Choice {
  key: string
  first: string
  second: string
  chosen: 'first' | 'second'
}

/** choicesOf lines up what two people are called and known for. */
export function choicesOf(first: PersonPage, second: PersonPage): Choice[] {
  const keys = [...new Set([...Object.keys(first.attributes), ...Object.keys(second.attributes)])].sort()
  const pairs: [string, string, string][] = [
    ['name', first.name, second.name],
    ...keys.map((key): [string, string, string] => [
      'attributes.' + key,
      first.attributes[key] ?? '',
      second.attributes[key] ?? '',
    ]),
  ]
  return pairs
    .filter(([, one, two]) => one || two)
    .map(([key, one, two]) => ({ key, first: one, second: two, chosen: one ? 'first' : 'second' }))
}

/** outcomeOf is what remains. */
export function outcomeOf(choices: Choice[]): { name: string; attributes: Record<string, string> } {
  const value = (choice: Choice) => choice[choice.chosen]
  const name = choices.find((choice) => choice.key === 'name')
  return {
    name: name ? value(name) : '',
    attributes: Object.fromEntries(
      choices
        .filter((choice) => choice.key !== 'name' && value(choice))
        .map((choice) => [choice.key.replace('attributes.', ''), value(choice)]),
    ),
  }
}
