/** What the desk looks like on this device. Kept locally, so that the first paint is right, and with the user. */
export interface Appearance {
  theme: 'system' | 'light' | 'dark'
  contrast: 'normal' | 'more'
  density: 'comfortable' | 'compact'
  singleKeys: boolean
}

const key = 'recado.appearance'
const initial: Appearance = { theme: 'system', contrast: 'normal', density: 'comfortable', singleKeys: true }

/** readAppearance gives what was chosen on this device, completed by what is usual. */
export function readAppearance(): Appearance {
  try {
    return { ...initial, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Appearance>) }
  } catch {
    return initial
  }
}

export function keepAppearance(appearance: Appearance): void {
  localStorage.setItem(key, JSON.stringify(appearance))
  applyAppearance(appearance)
}

/** applyAppearance puts the choice on the page, where tokens.css reads it. */
export function applyAppearance(appearance = readAppearance()): void {
  const dark =
    appearance.theme === 'dark' || (appearance.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  const more = appearance.contrast === 'more' || matchMedia('(prefers-contrast: more)').matches
  const root = document.documentElement
  root.dataset.theme = dark ? 'dark' : 'light'
  root.dataset.contrast = more ? 'more' : 'normal'
  root.dataset.density = appearance.density
}

/** followSystem applies the choice again when the device turns dark or light. */
export function followSystem(): void {
  const again = () => applyAppearance()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again)
  matchMedia('(prefers-contrast: more)').addEventListener('change', again)
}
