/** fieldsOf gives the fields of settings under their names from the outside in, joined by points; a list is one field. */
export function fieldsOf(value: object, name = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [key, inner] of Object.entries(value)) {
    const path = name ? `${name}.${key}` : key
    if (inner && typeof inner === 'object' && !Array.isArray(inner))
      for (const [deeper, leaf] of fieldsOf(inner as object, path)) found.set(deeper, leaf)
    else found.set(path, inner)
  }
  return found
}

/** differing names the fields in which two settings are not the same. */
export function differing(a: object, b: object): string[] {
  const before = fieldsOf(a)
  return [...fieldsOf(b)]
    .filter(([path, value]) => JSON.stringify(before.get(path)) !== JSON.stringify(value))
    .map(([path]) => path)
}

/** only gives settings with nothing but these fields: what is written to numbers that keep all else. */
export function only(settings: object, fields: Iterable<string>): Record<string, unknown> {
  const all = fieldsOf(settings)
  const out: Record<string, unknown> = {}
  for (const path of fields) {
    const names = path.split('.')
    const last = names.pop()!
    let at = out
    for (const name of names) at = (at[name] ??= {}) as Record<string, unknown>
    at[last] = all.get(path)
  }
  return out
}
