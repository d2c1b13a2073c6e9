/** fold is a text as it is searched: lower case, without accents. */
export const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** wordsOf are the words of a text, folded. */
export const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []

/** fit says how well a search fits words: 3 begins with it, 2 all words begin one of them, 1 synonyms do, 0 not at all. */
export function fit(search: string, label: string, synonyms = ''): number {
  const wanted = wordsOf(search)
  if (wanted.length === 0) return 0
  const own = wordsOf(label)
  const begins = (words: string[]) => wanted.every((word) => words.some((one) => one.startsWith(word)))
  if (begins(own)) return own[0]!.startsWith(wanted[0]!) ? 3 : 2
  return begins([...own, ...wordsOf(synonyms)]) ? 1 : 0
}

/** parts cuts a text into pieces, saying which are words that begin with one searched. */
export function parts(text: string, search: string): { text: string; hit: boolean }[] {
  const wanted = wordsOf(search)
  return text
    .split(/([\p{L}\p{N}\p{M}]+)/u)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const folded = fold(piece)
      return { text: piece, hit: wanted.some((word) => folded.startsWith(word)) }
    })
}
