import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** An emoji as emojibase-data has it; only what we use. */
interface Source {
  label: string
  emoji: string
  group?: number
  order?: number
  version: number
  tags?: string[]
  emoticon?: string | string[]
  skins?: { tone: number | number[]; emoji: string; version: number }[]
}

const prefix = 'virtual:emojis/'
/** Parts that emojis are made of, such as a skin tone alone: nobody writes them. */
const components = 2

const plain = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '')

/** emojisOf reads the emojis of a language in the form emoji-picker-element takes. Words are found with and without their accents. */
export function emojisOf(language: string): object[] {
  const file = join(import.meta.dirname, '../node_modules/emojibase-data', language, 'data.json')
  const all = JSON.parse(readFileSync(file, 'utf8')) as Source[]
  return all
    .filter(({ group }) => group !== undefined && group !== components)
    .map(({ label, emoji, group, order, version, tags = [], emoticon, skins }) => ({
      annotation: label,
      emoji,
      group,
      order,
      version,
      tags: [...new Set([...tags, ...[label, ...tags].map(plain).filter((word) => word !== label)])],
      ...(typeof emoticon === 'string' && { emoticon }),
      ...(skins && { skins: skins.map((skin) => ({ tone: skin.tone, emoji: skin.emoji, version: skin.version })) }),
    }))
}

/**
 * emojis serves the emojis of a language as a file of ours: `virtual:emojis/es` is its address. The application fetches it when it
 * is first needed.
 */
export function emojis(): Plugin {
  let building = false
  return {
    name: 'recado:emojis',
    configResolved: (config) => {
      building = config.command === 'build'
    },
    resolveId: (id) => (id.startsWith(prefix) ? '\0' + id : null),
    load(id) {
      if (!id.startsWith('\0' + prefix)) return null
      const language = id.slice(prefix.length + 1)
      if (!building) return `export default '/@emojis/${language}.json'`
      const source = JSON.stringify(emojisOf(language))
      const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8)
      const fileName = `assets/emojis-${language}-${hash}.json`
      this.emitFile({ type: 'asset', fileName, source })
      return `export default '/${fileName}'`
    },
    configureServer(server) {
      server.middlewares.use('/@emojis/', (request, response, next) => {
        const language = /^\/(\w+)\.json$/.exec(request.url ?? '')?.[1]
        if (!language) return next()
        response.setHeader('Content-Type', 'application/json')
        response.end(JSON.stringify(emojisOf(language)))
      })
    },
  }
}
