import type { Locale } from '@/i18n'

/** Emoji is one of the emojis of a language, in the order of Unicode (emojibase-data; see plugins/emojis.ts). */
export interface Emoji {
  /** Its name in the language. */
  annotation: string
  emoji: string
  order: number
  /** The version of the standard it came with. */
  version: number
  tags: string[]
  /** The same in other tones of skin. A couple has two tones at once. */
  skins?: { tone: number | number[]; emoji: string }[]
}

const addresses: Record<Locale, () => Promise<{ default: string }>> = {
  es: () => import('virtual:emojis/es'),
  'pt-BR': () => import('virtual:emojis/pt'),
  en: () => import('virtual:emojis/en'),
}
/** Of 2022: what is newer is an empty box on many telephones and computers. */
const newest = 15
const loaded = new Map<Locale, Promise<Emoji[]>>()

/** emojisAt is where the emojis of a language lie. */
export const emojisAt = async (locale: Locale): Promise<string> => (await addresses[locale]()).default

/** loadEmojis fetches the emojis of a language once; when that fails, the next call tries again. */
export function loadEmojis(locale: Locale): Promise<Emoji[]> {
  const known = loaded.get(locale)
  if (known) return known
  const fetched = read(locale)
  loaded.set(locale, fetched)
  fetched.catch(() => loaded.delete(locale))
  return fetched
}

async function read(locale: Locale): Promise<Emoji[]> {
  const answer = await fetch(await emojisAt(locale))
  if (!answer.ok) throw new Error('emojis: ' + answer.status)
  return ((await answer.json()) as Emoji[]).filter(({ version }) => version <= newest)
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/**
 * findEmojis gives the emojis that fit all words of a search, the closest first: whose name begins so, then who has such a word
 * in the name, then in the tags. Accents and capitals count for nothing.
 */
export function findEmojis(all: Emoji[], search: string, most: number): Emoji[] {
  const asked = fold(search).split(/\s+/).filter(Boolean)
  if (!asked.length) return []
  const found = all.flatMap((emoji) => {
    const far = distance(emoji, asked)
    return far === undefined ? [] : [{ emoji, far }]
  })
  return found
    .sort((a, b) => a.far - b.far || a.emoji.order - b.emoji.order)
    .slice(0, most)
    .map(({ emoji }) => emoji)
}

function distance({ annotation, tags }: Emoji, asked: string[]): number | undefined {
  const name = fold(annotation)
  const [first = '', ...others] = name.split(/[^\p{L}\p{N}]+/u)
  const rest = tags.flatMap((tag) => fold(tag).split(/\s+/))
  const steps = asked.map((word) => {
    if (first === word) return 0
    if (first.startsWith(word)) return 1
    if (others.some((other) => other.startsWith(word))) return 2
    return rest.some((other) => other.startsWith(word)) ? 3 : undefined
  })
  return steps.includes(undefined) ? undefined : steps.reduce<number>((sum, step) => sum + step!, 0)
}

/** inTone gives an emoji in a tone of skin, from 1 (light) to 5 (dark); 0, or one without skin, stays yellow. */
export function inTone({ emoji, skins }: Emoji, tone: number): string {
  return skins?.find((skin) => skin.tone === tone)?.emoji ?? emoji
}
