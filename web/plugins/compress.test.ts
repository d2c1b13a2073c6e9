import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterEach, expect, it } from 'vitest'
import { compress } from './compress.ts'

let folder = ''
afterEach(() => rm(folder, { recursive: true, force: true }))

/** built runs the plugin over a folder with these files and gives what is left in it. */
async function built(files: Record<string, string>): Promise<string[]> {
  folder = await mkdtemp(join(tmpdir(), 'recado-compress-'))
  await mkdir(join(folder, 'assets'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const plugin = compress() as unknown as { configResolved(config: object): void; closeBundle(): Promise<void> }
  plugin.configResolved({ build: { outDir: folder } })
  await plugin.closeBundle()
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name !== 'assets').toSorted()
}

it('puts the two compressed forms in the place of a text', async () => {
  const words = 'const words = "hola"\n'.repeat(200)
  expect(await built({ 'assets/app-1.js': words })).toEqual(['assets/app-1.js.br', 'assets/app-1.js.gz'])
  expect(brotliDecompressSync(await readFile(join(folder, 'assets/app-1.js.br'))).toString()).toBe(words)
  expect(gunzipSync(await readFile(join(folder, 'assets/app-1.js.gz'))).toString()).toBe(words)
})

it('leaves the page, what is small, and pictures as they are', async () => {
  const long = ' '.repeat(5000)
  const files = { 'index.html': long, 'assets/tiny-2.css': 'p{}', 'assets/icon-3.png': long }
  expect(await built(files)).toEqual(Object.keys(files).toSorted())
})
