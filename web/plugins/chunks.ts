import { fileURLToPath } from 'node:url'

/*
 * How the built code is cut. A page should load with few requests: what signing in needs, what the desk needs on top of it, and
 * the words of each in one language. Everything else stays where it is imported lazily.
 */
const signInWords = ['ui', 'account']
const deskWords = ['app', 'desk', 'conversation', 'contact', 'template', 'routing', 'thread', 'window']

/** wordsChunk names the chunk of a word file, so that a page gets its words with one request. */
function wordsChunk(id: string): string | null {
  const [, locale, room] = /src\/i18n\/([\w-]+)\/(\w+)\.json/.exec(id) ?? []
  if (!locale || !room) return null
  if (signInWords.includes(room)) return `words-${locale}`
  return deskWords.includes(room) ? `words-${locale}-desk` : null
}

const baseParts = [
  /plugin-vue|recado\.svg/,
  /node_modules\/(vue|@vue|vue-i18n|@intlify)\//,
  /@lucide\/vue\/dist\/(?!.*icons\/)/,
  /src\/(api\/\w+|i18n\/(?!words)\w+)\.ts/,
  /src\/ui\/Ui(Button|Field|Input|Select|IconButton)\.vue/,
]
const base = (id: string) => baseParts.some((part) => part.test(id))
// What menus and popovers need when one is first opened (src/ui/layer.ts).
const layers =
  /src\/ui\/(Menu|Popover)Layer\w*\.vue|src\/ui\/useLayerFocus|node_modules\/(reka-ui|@floating-ui|@vueuse|aria-hidden)\//
// The first piece stays small: it starts the loading of the others.
const first = /preload-helper|src\/ui\/\w+\.css$|src\/(ui\/appearance|i18n\/words)\.ts/
/** What the desk shows at once: all that these need without waiting. What they import lazily stays apart. */
const roots = /src\/(app\/main\.ts|desk\/DeskPage\.vue)$/
const signIn = /src\/account\/main\.ts$/

interface Modules {
  getModuleInfo(id: string): { importedIds: string[]; dynamicallyImportedIds: string[] } | null
}

/** reached walks along imports from a module: static ones only, or all. */
function reached(modules: Modules, from: string[], lazily: boolean): Set<string> {
  const found = new Set<string>()
  const walk = (id: string): void => {
    if (found.has(id)) return
    found.add(id)
    const info = modules.getModuleInfo(id)
    info?.importedIds.forEach(walk)
    if (lazily) info?.dynamicallyImportedIds.forEach(walk)
  }
  from.forEach(walk)
  return found
}

let known: Set<string> | undefined
/** deskChunk puts a module into the desk's chunk when the desk needs it at once and the sign-in page does not. */
function deskChunk(id: string, modules: Modules): string | null {
  if (!known) {
    const entry = fileURLToPath(new URL('../index.html', import.meta.url))
    const all = [...reached(modules, [entry], true)]
    known = reached(
      modules,
      all.filter((one) => roots.test(one)),
      false,
    )
    for (const one of reached(modules, [entry, ...all.filter((one) => signIn.test(one))], false)) known.delete(one)
  }
  return known.has(id) ? 'desk' : null
}

export const codeSplitting = {
  groups: [
    { name: 'first', test: first, priority: 5 },
    { name: wordsChunk, priority: 4 },
    { name: 'base', test: base, priority: 3 },
    { name: deskChunk, priority: 2 },
    { name: 'layers', test: layers, priority: 1 },
  ],
}
