import { describe, expect, it } from 'vitest'
import { locales } from '.'

type Words = { [key: string]: string | Words }
// As text: the build turns the same files into functions.
const files = import.meta.glob<string>('./*/*.json', { query: '?raw', import: 'default', eager: true })
const sources = import.meta.glob<string>('../**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true })

function flat(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flat(value, prefix + key + '.'),
  )
}

function wordsOf(locale: string): Map<string, string> {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`./${locale}/`))
  return new Map(
    own.flatMap(([path, text]) => flat(JSON.parse(text) as Words, /([\w-]+)\.json$/.exec(path)![1]! + '.')),
  )
}

const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!))].sort().join()

describe('the word files', () => {
  const spanish = wordsOf('es')

  it.each(locales.filter((locale) => locale !== 'es'))(
    '%s has the keys of the Spanish files, no more and no fewer',
    (locale) => {
      expect([...wordsOf(locale).keys()].sort()).toEqual([...spanish.keys()].sort())
    },
  )

  it.each(locales.filter((locale) => locale !== 'es'))('%s uses the same values in every sentence', (locale) => {
    const differ = [...wordsOf(locale)].filter(([key, text]) => names(text) !== names(spanish.get(key) ?? ''))
    expect(differ).toEqual([])
  })

  it('have no empty sentence', () => {
    expect(locales.flatMap((locale) => [...wordsOf(locale)].filter(([, text]) => text.trim() === ''))).toEqual([])
  })

  it('know every key that a screen asks for', () => {
    const asked = Object.entries(sources)
      .filter(([path]) => !path.includes('.test.'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/\bt\(\s*'([\w.-]+)'\s*[,)]/g)].map((match) => [path, match[1]!] as const),
      )
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter(([, key]) => !spanish.has(key))).toEqual([])
  })
})
