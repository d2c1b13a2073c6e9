import type { Item } from './items'

/** Chunk is a run of lines that are drawn together, or not at all while they are far from what is being read. */
export interface Chunk {
  key: string
  items: Item[]
}

const size = 40

/**
 * chunker cuts a thread into chunks whose borders stay where they are when older messages come in above and new ones below, so
 * that the height known of a chunk remains that of its lines. Dividers belong to what follows them.
 */
export function chunker(): (items: Item[]) => Chunk[] {
  const borders = new Set<string>()
  return (items) => {
    const chunks: Chunk[] = []
    let waiting: Item[] = []
    let held = 0
    for (const item of items) {
      waiting.push(item)
      if (item.type === 'day' || item.type === 'new') continue
      if (!chunks.length || held >= size || borders.has(item.key)) {
        borders.add(item.key)
        chunks.push({ key: item.key, items: [] })
        held = 0
      }
      chunks.at(-1)!.items.push(...waiting)
      waiting = []
      held++
    }
    return chunks
  }
}
