/** Token is what stands between a sign and the caret: a search that is being typed. */
export interface Token {
  /** Where the sign stands. */
  start: number
  /** Where the caret stands. */
  end: number
  /** What was typed after the sign. */
  query: string
}

/**
 * tokenAt finds the search before the caret that begins with a sign at the start of a line or after a space. It may hold spaces,
 * but not begin with one: "precio / unidad" is no search.
 */
export function tokenAt(text: string, caret: number, sign: string, most = 40): Token | undefined {
  const before = text.slice(Math.max(0, caret - most - 1), caret)
  const at = before.lastIndexOf(sign)
  if (at < 0) return undefined
  const start = caret - before.length + at
  if (start > 0 && !/\s/.test(text[start - 1]!)) return undefined
  const query = before.slice(at + sign.length)
  if (/^\s|\n/.test(query)) return undefined
  return { start, end: caret, query }
}

/** emojiAt finds the name of an emoji before the caret: ":" and at least two letters, so that hours and :-) are none. */
export function emojiAt(text: string, caret: number): Token | undefined {
  const token = tokenAt(text, caret, ':', 30)
  return token && /^\p{L}[\p{L}\p{N}]+$/u.test(token.query) ? token : undefined
}

/** nameAt finds the name of a member before the caret: "@" and at most two words. */
export function nameAt(text: string, caret: number): Token | undefined {
  const token = tokenAt(text, caret, '@', 60)
  return token && /^[\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?$/u.test(token.query) ? token : undefined
}
