import AxeBuilder from '@axe-core/playwright'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, type Page } from '@playwright/test'

/** Where the pictures for people to look at are kept. */
export const shots = fileURLToPath(new URL('../output/shots/', import.meta.url))
mkdirSync(shots, { recursive: true })

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

/**
 * look goes over one screen in both themes and two widths: no violation for axe, nothing sideways on a narrow phone. What a wide
 * page leaves open, narrow closes.
 */
export async function look(page: Page, name: string, locale: string, narrow = async () => {}): Promise<void> {
  for (const { width, height } of sizes) {
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width, height })
    if (width < 768) await narrow()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await settled(page)
      if (locale === 'es' || colorScheme === 'light') await page.screenshot({ path: `${shots}${name}-${width}-${colorScheme}-${locale}.png` })
      expect.soft(await violations(page, colorScheme), `axe: ${name}, ${locale}, ${colorScheme}, ${width} px`).toEqual([])
    }
  }
  await page.setViewportSize({ width: 320, height: 640 })
  await settled(page)
  expect.soft(await sideways(page), `sideways: ${name}, ${locale}, 320 px`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  if (locale === 'es') await page.screenshot({ path: `${shots}${name}-320-light-es.png` })
}

/** violations is what axe finds. Dark and light have the same elements, so that in the dark only colours are looked at. */
export async function violations(page: Page, colorScheme: 'light' | 'dark'): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  if (colorScheme === 'dark') axe.withRules(['color-contrast'])
  const found = await axe.analyze()
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** settled waits until the page has drawn what it has, without a place holder left. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('.skeleton, [aria-busy=true]')).toHaveCount(0)
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** sideways names what is wider than its place; tables that scroll by themselves, as named regions, may be. */
const sideways = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { overflowX, visibility } = getComputedStyle(element)
        if (visibility === 'hidden' || element.closest('[role=region][tabindex], svg, .vh, .sr')) return false
        const scrolls = element === document.documentElement || overflowX === 'auto' || overflowX === 'scroll'
        return scrolls && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`),
  )
