// Compares what a browser loads for a page with what we promised (the numbers to hold of the desk). Sizes are gzip -9 of the built files.
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'

const folder = new URL('../dist/app/', import.meta.url)
const manifest = JSON.parse(gunzipSync(readFileSync(new URL('.vite/manifest.json.gz', folder))).toString())
// The chunks of plugins/chunks.ts, and the sign-in page, which is one by itself.
const login = ['index.html', 'src/account/main.ts', named('base'), named('words-es')]
const shell = ['index.html', named('base'), named('desk'), named('words-es'), named('words-es-desk')]

const limits = { login: 60, desk: 150, route: 40, css: 20 }
const rows = [row('login', jsOf(filesOf(login)), limits.login), row('desk', jsOf(filesOf(shell)), limits.desk)]
for (const key of Object.keys(manifest).filter((key) => /^src\/(?!desk|account|app)\w+\/\w+Page\.vue$/.test(key))) {
  const before = filesOf(shell)
  const added = [...filesOf([key])].filter((file) => !before.has(file))
  rows.push(row(`route ${key}`, jsOf(added), limits.route))
}
rows.push(row('css of the desk', weigh(new Set([...filesOf(shell)].flatMap(stylesOf))), limits.css))

for (const { name, size, limit } of rows) {
  console.log(`${size > limit ? 'OVER ' : 'ok   '} ${name}: ${size.toFixed(1)} KB gz of ${limit}`)
}
process.exit(rows.some(({ size, limit }) => size > limit) ? 1 : 0)

function row(name, size, limit) {
  return { name, size, limit }
}

/** named finds a chunk by its name. */
function named(name) {
  const found = Object.keys(manifest).find((key) => manifest[key].name === name)
  if (!found) throw new Error(`the build has no chunk ${name}`)
  return found
}

/** filesOf gives all files that load together with these entries: their static imports, and the imports of those. */
function filesOf(keys, seen = new Set()) {
  for (const key of keys) {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`the build has no ${key}`)
    if (seen.has(chunk.file)) continue
    seen.add(chunk.file)
    filesOf(chunk.imports ?? [], seen)
  }
  return seen
}

/** stylesOf gives the style sheets that load with a file. */
function stylesOf(file) {
  return Object.values(manifest).find((chunk) => chunk.file === file)?.css ?? []
}

function jsOf(files) {
  return weigh([...files].filter((file) => file.endsWith('.js')))
}

function weigh(files) {
  return [...files].reduce((sum, file) => sum + weight(new URL(file, folder)), 0) / 1024
}

function weight(url) {
  const packed = new URL(url.href + '.gz')
  return existsSync(packed) ? readFileSync(packed).length : gzipSync(readFileSync(url), { level: 9 }).length
}
