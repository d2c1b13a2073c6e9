import type { Naming } from '@/api'

/** Stretch is a part of what was written: plain words, a link, or the name of a member with the sign before it. */
export interface Stretch {
  text: string
  link?: boolean
  /** Who is named. */
  user?: string
}

const link = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)]/

/** stretches cuts what was written into words, links and the names of those it mentions. A name ends where its word ends. */
export function stretches(text: string, mentions: Naming[] = []): Stretch[] {
  // The longest first: of Ana and Ana Sosa, the one that was meant.
  const names = mentions.map((one) => '@' + one.name).sort((a, b) => b.length - a.length)
  const either = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const parts = text.split(new RegExp(`(${link.source}${either && `|(?:${either})(?![\\p{L}\\p{N}])`})`, 'u'))
  return parts.map((part, at) => {
    if (at % 2 === 0) return { text: part }
    const named = mentions.find((one) => '@' + one.name === part)
    return named ? { text: part, user: named.user_id } : { text: part, link: true }
  })
}
