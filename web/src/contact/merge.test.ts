import { describe, expect, it } from 'vitest'
import { choicesOf, outcomeOf } from './merge'
import type { PersonPage } from './people.api'

const person = (name: string, attributes: Record<string, string>) => ({ name, attributes }) as PersonPage

describe('merging two people', () => {
  const choices = choicesOf(
    person('', { city: 'Lima', plan: 'oro' }),
    person('Ana', { city: 'Cusco', email: 'a@b.test' }),
  )

  it('takes the first side, and the second where the first says nothing', () => {
    expect(outcomeOf(choices)).toEqual({ name: 'Ana', attributes: { city: 'Lima', plan: 'oro', email: 'a@b.test' } })
  })

  it('keeps what was chosen', () => {
    const other = choices.map((choice) => ({ ...choice, chosen: 'second' as const }))
    expect(outcomeOf(other)).toEqual({ name: 'Ana', attributes: { city: 'Cusco', email: 'a@b.test' } })
  })
})
