/*
 * How the built code is cut. A page should load with few requests: what signing in needs, what the desk needs on top of it, and
 * the words of each in one language. Everything else stays where it is imported lazily.
 */
const signInWords = ['ui', 'account']
const deskWords = ['app', 'desk', 'conversation', 'contact', 'template', 'routing', 'thread', 'window']
const onDemand =
  /(CloseSheet|ImageViewer|TemplateDrawer|ShortcutSheet|MenuSheet|MessageMenu|MessageDetails|MissingPage|StartFailed)\.vue/

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
// The first piece stays small: it starts the loading of the others.
const first = /preload-helper|src\/ui\/\w+\.css$|src\/(ui\/appearance|i18n\/words)\.ts/
const desk = /src\/(app|ui|live|conversation|routing|contact|template|inbox|media|desk)\/|src\/account\/(index|session)/
const libraries = /node_modules\/(?!@lucide)/

export const codeSplitting = {
  groups: [
    { name: 'first', test: first, priority: 5 },
    { name: wordsChunk, priority: 4 },
    { name: 'base', test: base, priority: 3 },
    {
      name: 'desk',
      test: (id: string) => (desk.test(id) || libraries.test(id)) && !onDemand.test(id),
      priority: 2,
    },
  ],
}
