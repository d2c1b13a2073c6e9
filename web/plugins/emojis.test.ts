import { describe, expect, it } from 'vitest'
import { emojisOf } from './emojis.ts'
import { findEmojis, inTone, type Emoji } from '../src/emoji/emojis.ts'

const all = Object.fromEntries(['es', 'pt', 'en'].map((language) => [language, emojisOf(language) as Emoji[]]))
const first = (language: string, search: string) => findEmojis(all[language]!, search, 3).map((one) => one.emoji)

describe('the emojis we serve', () => {
  it.each(['es', 'pt', 'en'])('%s has what the picker asks for, and nothing but whole emojis', (language) => {
    expect(all[language]!.length).toBeGreaterThan(1800)
    for (const one of all[language]!)
      expect(one).toMatchObject({
        annotation: expect.stringMatching(/./),
        emoji: expect.stringMatching(/./u),
        group: expect.any(Number),
        order: expect.any(Number),
        version: expect.any(Number),
      })
  })

  it.each([
    ['es', 'corazon rojo', '❤️'],
    ['es', 'CAMIÓN', '🚛'],
    ['es', 'colombia', '🇨🇴'],
    ['pt', 'coracao vermelho', '❤️'],
    ['pt', 'polegar', '👍️'],
    ['en', 'thumbs', '👍️'],
  ])('%s finds %s', (language, search, emoji) => {
    const bare = (text: string) => text.replaceAll('\uFE0F', '')
    expect(first(language, search).map(bare)).toContain(bare(emoji))
  })

  it('finds nothing for nothing, and nothing for what is no emoji', () => {
    expect(first('es', '  ')).toEqual([])
    expect(first('es', 'corazón xyzzy')).toEqual([])
  })

  it('gives the tone of skin that was chosen, where there is one', () => {
    const find = (search: string) => findEmojis(all.es!, search, 1)[0]!
    expect(inTone(find('mano saludando'), 3)).toBe('👋🏽')
    expect(inTone(find('mano saludando'), 0)).toBe('👋')
    expect(inTone(find('camión'), 3)).toBe(find('camión').emoji)
  })
})
