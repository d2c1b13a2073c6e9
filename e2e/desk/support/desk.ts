import { test as base, expect, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test'
import { Handset } from './handset'
import { password, startDemo, startServe, type Recado } from './processes'
import { Simulator, type Person } from './simulator'

/** How Recado runs in a project. */
export interface RecadoOptions {
  kind: 'demo' | 'serve'
}

interface Given {
  simulator: Simulator
  /** signedIn opens the desk for a demo user, in a browser of its own. */
  signedIn: (who: string, path?: string) => Promise<Page>
  /** handset opens the phone of a person. */
  handset: (person: Person) => Promise<Handset>
}

export const test = base.extend<Given, RecadoOptions & { recado: Recado }>({
  kind: ['demo', { option: true, scope: 'worker' }],
  recado: [
    async ({ kind }, use) => {
      const recado = kind === 'demo' ? await startDemo() : await startServe()
      await new Simulator(recado.simulator).quiet()
      await use(recado)
      recado.stop()
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  baseURL: async ({ recado }, use) => use(recado.url),
  simulator: async ({ recado }, use) => use(new Simulator(recado.simulator)),
  signedIn: async ({ browser, recado, contextOptions }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (who, path = '/desk') => {
      const context = await newContext(browser, contextOptions, recado.url)
      contexts.push(context)
      await signIn(context, who)
      const page = await context.newPage()
      await page.goto(path)
      return page
    })
    for (const context of contexts) await context.close()
  },
  handset: async ({ browser, recado, contextOptions }, use) => {
    const contexts: BrowserContext[] = []
    await use(async (person) => {
      const context = await newContext(browser, contextOptions, recado.url)
      contexts.push(context)
      return new Handset(await context.newPage(), recado.simulator, person)
    })
    for (const context of contexts) await context.close()
  },
})

const newContext = (browser: Browser, options: object, baseURL: string) =>
  browser.newContext({ ...options, baseURL, locale: 'es-ES', timezoneId: 'America/Bogota', viewport: { width: 1440, height: 900 } })

/** signIn gives the context the session of a demo user, without the page; one scenario signs in by hand. */
export async function signIn(context: BrowserContext, who: string): Promise<void> {
  const answer = await context.request.post('/api/v1/session', { data: { email: emailOf(who), password } })
  expect(answer.ok(), `${who} signs in`).toBe(true)
}

export const emailOf = (who: string) => who + '@aurora.example'

/** conversation is the list's row of a person. */
export const conversation = (page: Page, name: string): Locator =>
  page.getByRole('listbox', { name: 'Conversaciones' }).getByRole('option', { name })

/** open reads the conversation of a person, whoever holds it. Only rows in sight are drawn: one further down is searched for. */
export async function open(page: Page, name: string): Promise<void> {
  await view(page, 'Equipo')
  const row = conversation(page, name)
  const search = page.locator('#conversations').getByRole('searchbox')
  const inSight = await row.waitFor({ timeout: 3_000 }).then(
    () => true,
    () => false,
  )
  if (!inSight) await search.fill(name)
  await row.click()
  await expect(thread(page, name)).toBeVisible()
  if (inSight) return
  await search.fill('')
  await search.blur()
}

/** thread is what was said with a person, on the open conversation. */
export const thread = (page: Page, name: string): Locator => page.getByRole('region', { name: 'Conversación con ' + name })

/** composer is the box where the agent writes. */
export const composer = (page: Page): Locator => page.getByRole('form', { name: 'Escribir' }).getByRole('textbox')

/** view chooses what the list shows. */
export async function view(page: Page, name: 'Mías' | 'Cola' | 'Equipo' | 'Menciones' | 'Cerradas'): Promise<void> {
  await page.getByRole('tab', { name: new RegExp('^' + name) }).click()
}

export { expect }
