const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()

/** fitting tells whether one of the names has what is typed in it; accents and case do not matter. */
export function fitting(wanted: string, ...names: string[]): boolean {
  return names.some((name) => fold(name).includes(fold(wanted.trim())))
}
