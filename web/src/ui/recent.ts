/** Recent is a list of what one person used last on this device, the newest first, each once. */
export interface Recent {
  list: () => string[]
  note: (one: string) => void
}

/** recentOf keeps so many of what a person used last, by name. What cannot be kept or read is no harm: the list is shorter. */
export function recentOf(name: string, user: string, most: number): Recent {
  const key = `recado.${name}.${user}`

  function list(): string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
      return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string').slice(0, most) : []
    } catch {
      return []
    }
  }

  function note(one: string): void {
    try {
      localStorage.setItem(key, JSON.stringify([one, ...list().filter((other) => other !== one)].slice(0, most)))
    } catch {
      // The browser's store is full or closed.
    }
  }
  return { list, note }
}
