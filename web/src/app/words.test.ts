import { describe, expect, it } from 'vitest'
import type { Room } from '@/i18n'
import { createDeskRouter } from './router'

const files = import.meta.glob<string>('../**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true })
const code = new Map(
  Object.entries(files).map(([path, text]) => [path.replace(/^\.\.\/|^\.\//, '').replace(/^(?=[^/]+$)/, 'app/'), text]),
)
const rooms = new Set(Object.keys(import.meta.glob('../i18n/es/*.json')).map((path) => /(\w+)\.json$/.exec(path)![1]!))
/** What main.ts loads before any page, and the command bar before it shows what can be done. */
const always = ['ui', 'app', 'notice', 'command']

/** found gives the file an import names, seen from another file; undefined for what is not ours. */
function found(from: string, name: string): string | undefined {
  const whole = name.startsWith('@/')
    ? name.slice(2)
    : name.startsWith('.')
      ? new URL(name, 'file:///' + from).pathname.slice(1)
      : undefined
  return whole === undefined ? undefined : [whole, whole + '.ts', whole + '/index.ts'].find((path) => code.has(path))
}

/** part is what of an index file stands behind one exported name: rooms are entered through one door, but not all of them is used. */
function part(index: string, name: string): string {
  const text = code.get(index)!
  return (
    text
      .split(/^(?=export )/m)
      .find((one) => new RegExp(`\\b${name}\\b[^=]*(=|from)`).test(one) && one.startsWith('export')) ?? ''
  )
}

/** lacking follows what a page is made of and gives the words it says but nobody loads, with the file that says them. */
function lacking(page: string, given: string[]): string[] {
  const lacks: string[] = []
  const seen = new Set<string>()
  const read = (path: string, text: string, given: string[]) => {
    const have = [
      ...given,
      ...[...text.matchAll(/wantWords\(([^)]*)\)/g)].flatMap((one) => one[1]!.match(/\w+/g) ?? []),
    ]
    for (const [, room] of text.matchAll(/\bt\(\s*['"`](\w+)\./g))
      if (rooms.has(room!) && !have.includes(room!)) lacks.push(`${room} (${path})`)
    for (const [, names, from] of text.matchAll(
      /(?:import|export)\s+(?!type\b)(?:([^'"]*?)\s+from\s+)?['"]([^'"]+)['"]/g,
    )) {
      const to = found(path, from!)
      if (to?.endsWith('/index.ts'))
        for (const name of names?.match(/\w+/g) ?? []) visit(to + '#' + name, part(to, name), to, have)
      else if (to) visit(to, code.get(to)!, to, have)
    }
    for (const [, from] of text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g)) {
      const to = found(path, from!)
      if (to) visit(to, code.get(to)!, to, have)
    }
  }
  const visit = (key: string, text: string, path: string, have: string[]) => {
    const once = key + have.toSorted().join()
    if (seen.has(once)) return
    seen.add(once)
    read(path, text, have)
  }
  visit(page, code.get(page)!, page, given)
  return [...new Set(lacks)]
}

describe('the words of pages', () => {
  const pages = createDeskRouter()
    .getRoutes()
    .filter((route) => route.components?.default)
    .map((route) => {
      const path = /\/src\/([^"'?]+\.vue)/.exec(String(route.components!.default))?.[1] ?? ''
      return { path, words: route.meta.words ?? ([] as Room[]), route: route.path }
    })

  it('follows every page', () => {
    expect(pages.length).toBeGreaterThan(25)
    expect(pages.filter((page) => !code.has(page.path))).toEqual([])
    expect(lacking('campaign/CampaignListPage.vue', [])).toContain('campaign (campaign/CampaignListPage.vue)')
  })

  it.each(pages)('$route loads what it says', ({ path, words }) => {
    expect(lacking(path, [...always, ...words])).toEqual([])
  })
})
