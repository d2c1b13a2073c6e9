import type { Page } from '@playwright/test'
import { makeCampaign } from '../support/campaigns'
import { expect, test } from '../support/desk'
import { csv } from '../support/files'
import { look, violations } from '../support/screens'
import { answeredSurvey } from '../support/surveys'

const people = csv('agenda.csv', [
  ['telefono', 'nombre'],
  ['+55 31 98555-0701', 'Julia Prates'],
  ['+55 31 98555-0702', 'Nicolás Ferreyra'],
  ['+55 31 98555-0001', 'Sin WhatsApp'],
  ['abc', 'Con letras'],
  ['98555', 'Corto'],
])

const agenda = csv('contactos.csv', [
  ['telefono', 'nombre', 'ciudad', 'plan'],
  ['+55 31 98555-0701', 'Julia Prates', 'Belo Horizonte', 'oro'],
  ['+55 31 98555-0709', 'Nueva Persona', 'Rosario', ''],
  ['abc', 'Con letras', '', ''],
])

let draft: string | undefined
let done: string | undefined
let survey: string | undefined
let flow: string | undefined
let workflow: string | undefined

// The languages do not wait for each other.
test.describe.configure({ mode: 'parallel' })
// Recording every step of so many looks would take longer than the looks.
test.use({ trace: 'off' })

test('axe finds what is wrong on a page that is wrong', async ({ page }) => {
  await page.setContent('<html lang="es"><title>x</title><main><h1>x</h1><button></button><p style="color:#bbb;background:#fff">pálido</p></main>')
  expect((await violations(page, 'light')).map((one) => one.split(':')[0])).toEqual(['button-name', 'color-contrast'])
  expect((await violations(page, 'dark')).map((one) => one.split(':')[0])).toEqual(['color-contrast'])
})

/** A request with a header that is sealed, one that is not, and one that may not be sent. */
const asking = {
  method: 'POST',
  url: 'http://127.0.0.1:1/pedido',
  headers: [
    { name: 'Authorization', value: 'Bearer secreta' },
    { name: 'X-Cliente', value: '{{contact.first_name}}' },
    { name: 'Host', value: 'x' },
  ],
}

interface Draft {
  branches?: { steps: object[] }[]
  blocks?: object[]
}

/** madeOf makes a flow or workflow of a recipe and something more. */
async function madeOf(page: Page, path: string, data: { name: string; recipe: string }, more: (draft: Draft) => void): Promise<string> {
  const made = (await (await page.request.post(path, { data })).json()) as { id: string; draft: Draft }
  more(made.draft)
  expect((await page.request.put(`${path}/${made.id}`, { data: { name: data.name, draft: made.draft, revision: -1 } })).ok()).toBe(true)
  return made.id
}

for (const locale of ['es', 'pt-BR', 'en']) {
  test(`every screen in ${locale}: axe finds nothing in two themes and two widths, and nothing scrolls sideways`, async ({ signedIn, browser, recado, simulator }) => {
    test.setTimeout(600_000)
    const page = await signedIn('manager')
    if (!draft) {
      const julia = await simulator.person('Julia Prates', '5531985550701')
      await simulator.says(julia, 'Ventas', 'Hola, ¿a qué hora cierran hoy?')
      for (const kind of ['image', 'audio', 'document'] as const) await simulator.shows(julia, 'Ventas', kind)
    }
    draft ??= await makeCampaign(page.request, 'Borrador de otoño', people, false)
    done ??= await makeCampaign(page.request, 'Primavera para clientes', people, true)
    survey ??= await answeredSurvey(page.request, simulator)
    workflow ??= await madeOf(page, '/api/v1/workflows', { name: 'Orden del día', recipe: 'tidy' }, (draft) =>
      draft.branches![0]!.steps.push({ id: 'call', kind: 'webhook', request: asking }, { id: 'later', kind: 'wait', minutes: 120, within_hours: true }),
    )
    flow ??= await madeOf(page, '/api/v1/flows', { name: 'Bienvenida', recipe: 'menu' }, (draft) =>
      draft.blocks!.push({ id: 'wait', kind: 'wait', until: 'open' }, { id: 'call', kind: 'http', request: { ...asking, method: 'GET' } }),
    )
    const inboxes = ((await (await page.request.get('/api/v1/inboxes')).json()) as { items: { id: string }[] }).items
    const [number, other] = inboxes.map((one) => one.id)
    expect((await page.request.patch('/api/v1/me', { data: { locale } })).ok()).toBe(true)

    const screens: [string, string, (page: Page) => Promise<void>][] = [
      ['desk', '/desk', (page) => expect(page.getByRole('tablist')).toBeVisible()],
      ['campaigns', '/campaigns', (page) => expect(page.getByText('Primavera para clientes')).toBeVisible()],
      ['wizard-1', `/campaigns/${draft}/edit/audience`, (page) => expect(page.getByText('Con letras')).toBeVisible()],
      ['wizard-2', `/campaigns/${draft}/edit/message`, (page) => expect(page.getByText('Julia Prates').first()).toBeVisible()],
      ['wizard-3', `/campaigns/${draft}/edit/reply`, (page) => expect(page.getByRole('radio').first()).toBeVisible()],
      ['wizard-4', `/campaigns/${draft}/edit/send`, (page) => expect(page.getByRole('button', { expanded: undefined }).last()).toBeVisible()],
      ['contacts', '/contacts', (page) => expect(page.getByRole('link', { name: 'Julia Prates' })).toBeVisible()],
      ['import', '/contacts/import', async (page) => {
        await page.locator('input[type=file]').setInputFiles(agenda)
        await expect(page.getByRole('row', { name: /Con letras/ })).toBeVisible()
      }],
      ['history', '/history', (page) => expect(page.getByRole('row').nth(1)).toBeVisible()],
      ['quick-replies', '/quick-replies', (page) => expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible()],
      ['attention', '/settings/attention', (page) => expect(page.getByRole('main').getByRole('heading', { level: 3 }).first()).toBeVisible()],
      ['active-messages', '/settings/active-messages', (page) => expect(page.getByText('BAJA', { exact: true })).toBeVisible()],
      ['broadcast', '/broadcast', (page) => expect(page.getByRole('heading', { level: 1 })).toBeVisible()],
      ['hours', `/settings/hours?n=${number}`, (page) => expect(page.getByRole('main').getByRole('combobox').first()).toBeVisible()],
      ['attention-number', `/settings/attention?n=${number}`, (page) => expect(page.getByRole('main').getByRole('group').first()).toBeVisible()],
      ['chatbots-many', `/settings/chatbot/many?numbers=${number},${other}&model=${number}`, (page) => expect(page.getByRole('main').getByRole('status').first()).toBeVisible()],
      ['copy-settings', `/settings/copy?from=${number}`, (page) => expect(page.getByRole('main').getByRole('checkbox').first()).toBeVisible()],
      ['off-hours-empty', '/off-hours', (page) => expect(page.getByRole('main').getByRole('searchbox')).toBeVisible()],
      ['absence', '/absence', (page) => expect(page.getByRole('main').getByRole('textbox').first()).not.toBeEmpty()],
      ['chatbots', '/settings/chatbot', (page) => expect(page.getByRole('row')).not.toHaveCount(0)],
      ['surveys', '/surveys', (page) => expect(page.getByRole('link', { name: 'Después de comprar', exact: true })).toBeVisible()],
      ['survey', `/surveys/${survey}`, (page) => expect(page.getByRole('main').getByRole('log')).toContainText('?')],
      ['survey-results', `/surveys/${survey}/results`, (page) => expect(page.getByRole('table').first()).toBeVisible()],
      ['workflows', '/workflows', (page) => expect(page.getByRole('link', { name: 'Orden del día' })).toBeVisible()],
      ['workflow', `/workflows/${workflow}`, (page) => expect(page.getByRole('main').getByRole('heading', { level: 3 }).nth(5)).toBeVisible()],
      ['flows', '/settings/flows', (page) => expect(page.getByRole('link', { name: 'Bienvenida' })).toBeVisible()],
      ['flow', `/settings/flows/${flow}`, (page) => expect(page.getByRole('main').getByRole('heading', { level: 2 }).nth(7)).toBeVisible()],
      ['templates', '/campaigns/templates', (page) => expect(page.getByRole('heading', { name: 'promo_primavera' })).toBeVisible()],
      ['template-guide', '/campaigns/templates/guide', (page) => expect(page.getByRole('main').getByRole('listitem').nth(20)).toBeVisible()],
      ['template-new', '/campaigns/templates/new', (page) => expect(page.getByRole('main').getByRole('radio').first()).toBeVisible()],
      ['activation', '/settings/template-activation', (page) => expect(page.getByRole('row').nth(1)).toBeVisible()],
      ['campaign-reports', '/campaigns/reports', (page) => expect(page.getByRole('heading', { level: 1 })).toBeVisible()],
      ['campaign', `/campaigns/${done}`, (page) => expect(page.getByText('Julia Prates')).toBeVisible()],
    ]
    for (const [name, path, ready] of screens) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(path)
      await expect(page.locator('html')).toHaveAttribute('lang', locale)
      await ready(page)
      await look(page, name, locale)
    }

    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/contacts')
    await page.getByRole('link', { name: 'Julia Prates' }).click()
    await expect(page.getByRole('heading', { name: 'Julia Prates' })).toBeVisible()
    await look(page, 'contact', locale)

    await page.setViewportSize({ width: 1440, height: 900 })
    await page.goto('/desk')
    await page.getByRole('tab').nth(2).click()
    await page.getByRole('option', { name: /Camila Ríos/ }).click()
    await expect(page.getByRole('log')).toContainText('Hola Camila, soy Ana.')
    await look(page, 'thread', locale)
    await page.keyboard.press('e')
    await expect(page.getByRole('dialog')).toBeVisible()
    await look(page, 'close', locale)
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('option', { name: /Julia Prates/ }).click()
    await expect(page.getByRole('log')).toContainText('Primavera en Aurora')
    await look(page, 'thread-kinds', locale)

    const outside = await browser.newContext({ locale, baseURL: recado.url })
    const visitor = await outside.newPage()
    await visitor.goto('/sign-in')
    await expect(visitor.getByRole('button', { name: /Ana Sosa/ })).toBeVisible()
    await look(visitor, 'sign-in', locale)
    await visitor.setViewportSize({ width: 1440, height: 900 })
    await visitor.goto(`${recado.simulator}/handset/?lang=${locale}&customer=5531985550701`)
    await expect(visitor.getByText('Hola, ¿a qué hora cierran hoy?').last()).toBeVisible()
    await look(visitor, 'handset', locale, () => visitor.locator('#closeAbout').click())
    await outside.close()
  })
}
