/**
 * step says where an arrow key, Home or End leads in a grid from the item at a place; undefined when the key is none of them or
 * there is nothing further that way. Rows are found by where the items stand, however many fit beside each other.
 */
export function step(key: string, at: number, items: HTMLElement[]): number | undefined {
  const [first] = items
  const columns = items.filter((item) => item.offsetTop === first?.offsetTop).length
  const steps: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns,
    ArrowUp: at - columns,
    Home: 0,
    End: items.length - 1,
  }
  const next = steps[key]
  return next !== undefined && next >= 0 && next < items.length ? next : undefined
}
