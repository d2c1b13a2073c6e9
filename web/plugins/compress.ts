import { readdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const smallest = 1024
const text = /\.(js|css|svg|json|txt|map)$/

/**
 * compress puts a .gz and a .br in the place of every built text file: the server never compresses anything itself, and its binary
 * holds nothing twice. The page itself, which says that the desk is built, stays.
 */
export function compress(): Plugin {
  let folder = ''
  return {
    name: 'recado:compress',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir
    },
    closeBundle: async () => {
      const names = await readdir(folder, { recursive: true })
      await Promise.all(names.filter((name) => text.test(name)).map((name) => shrink(join(folder, name))))
    },
  }
}

async function shrink(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < smallest) return
  const [gz, br] = await Promise.all([
    promisify(gzip)(bytes, { level: 9 }),
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ])
  await Promise.all([writeFile(path + '.gz', gz), writeFile(path + '.br', br)])
  await unlink(path)
}
