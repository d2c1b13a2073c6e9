import { describe, expect, it } from 'vitest'
import { stretches } from './words'

const ana = { user_id: '7', name: 'Ana' }
const sosa = { user_id: '8', name: 'Ana Sosa' }
const odd = { user_id: '9', name: 'J. (Pepe) Ñandú' }
const marked = (text: string, ...mentions: (typeof ana)[]) =>
  stretches(text, mentions).flatMap((one) => (one.user ? [one.user + one.text] : one.link ? ['→' + one.text] : []))

describe('stretches', () => {
  it.each([
    ['mira esto @Ana, por favor', [ana], ['7@Ana']],
    ['@Ana Sosa y @Ana', [ana, sosa], ['8@Ana Sosa', '7@Ana']],
    ['@Anabel no es @Ana', [ana], ['7@Ana']],
    ['que @J. (Pepe) Ñandú lo vea', [odd], ['9@J. (Pepe) Ñandú']],
    ['@Ana: https://ejemplo.test/@Ana.', [ana], ['7@Ana', '→https://ejemplo.test/@Ana']],
    ['nadie @Ana', [], []],
    ['@Ana👍🏽', [ana], ['7@Ana']],
  ])('%s', (text, mentions, expected) => {
    expect(marked(text, ...mentions)).toEqual(expected)
    expect(
      stretches(text, mentions)
        .map((one) => one.text)
        .join(''),
    ).toBe(text)
  })
})
