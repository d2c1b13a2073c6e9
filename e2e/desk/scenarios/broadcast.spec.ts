import { expect, test } from '../support/desk'
import { makeCampaign } from '../support/campaigns'
import { csv } from '../support/files'
import { look } from '../support/screens'

const people = csv('cobranza-noviembre.csv', [
  ['telefono', 'nombre', '{{1}}', '{{2}}'],
  ['+55 31 98555-0701', 'Rita Sá', 'Rita', '20 %'],
  ['98555-0702', 'Sin Área', 'Sin', '10 %'],
])

const agenda = csv('agenda.csv', [
  ['telefono', 'nombre'],
  ['+55 31 98555-0701', 'Rita Sá'],
])

test('D03–D06, D14, D15: a broadcaster chooses the operation, makes a send in one sheet and lands on its report', async ({ signedIn }) => {
  test.setTimeout(90_000)
  const page = await signedIn('manager', '/broadcast')
  await page.getByLabel('Operación de atención').selectOption({ label: (await page.getByLabel('Operación de atención').locator('option', { hasText: 'Ventas' }).textContent())! })
  await look(page, 'broadcast', 'es')
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Nuevo disparo' }).first().click()
  const sheet = page.getByRole('dialog', { name: 'Nuevo disparo · Ventas' })
  const template = sheet.getByLabel('Plantilla', { exact: true })
  await template.selectOption({ label: (await template.locator('option', { hasText: 'promo_primavera' }).first().textContent())! })
  await sheet.getByLabel('Elegir archivo').setInputFiles(people)
  await expect(sheet.getByText('cobranza-noviembre.csv')).toBeVisible()
  await expect(sheet.getByText(/Elige un destino que corresponda/)).toBeVisible()
  await sheet.getByRole('radio', { name: 'Cola' }).check()
  await sheet.getByLabel('Cola', { exact: true }).last().selectOption({ label: 'Ventas' })
  const send = sheet.getByRole('button', { name: 'Enviar a 1 persona' })
  await expect(send).toBeEnabled({ timeout: 15_000 })
  await look(page, 'broadcast-new', 'es')
  await page.setViewportSize({ width: 1440, height: 900 })
  await send.click()
  await expect(page.getByRole('heading', { level: 1, name: 'cobranza noviembre' })).toBeVisible()
  await expect(page.getByText('Terminada', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('Disparo', { exact: true }).first()).toBeVisible()

  // The operation is remembered, and the send stands among its own only.
  await page.goto('/broadcast')
  await expect(page.getByRole('link', { name: 'cobranza noviembre' })).toBeVisible()
  await page.getByLabel('Operación de atención').selectOption({ label: (await page.getByLabel('Operación de atención').locator('option', { hasText: 'Soporte' }).textContent())! })
  await expect(page.getByRole('link', { name: 'cobranza noviembre' })).toHaveCount(0)
})

test('who may not broadcast has no entry for it', async ({ signedIn }) => {
  const page = await signedIn('ana')
  await expect(page.getByRole('listbox', { name: 'Conversaciones' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Disparos' })).toHaveCount(0)
})

test('B74, B75, B107–B112: the list is filtered by keyboard, and the report follows', async ({ signedIn }) => {
  test.setTimeout(90_000)
  const page = await signedIn('manager', '/campaigns')
  await makeCampaign(page.request, 'Otoño sin acentos', agenda, true)
  await expect(page.getByRole('link', { name: 'Otoño sin acentos' })).toBeVisible()
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox').first()).toBeFocused()
  await page.keyboard.type('otono')
  await expect(page).toHaveURL(/q=otono/)
  await expect(page.getByRole('link', { name: 'Otoño sin acentos' })).toBeVisible()
  await expect(page.getByRole('row')).toHaveCount(2)
  await page.keyboard.press('Tab') // the period, then down to today
  await page.keyboard.type('Hoy')
  await expect(page).toHaveURL(/period=today/)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.type('API')
  await expect(page).toHaveURL(/origin=api/)
  await expect(page.getByText('Ninguna campaña coincide con los filtros.')).toBeVisible()
  await page.keyboard.press('Tab')
  await page.goto('/campaigns?q=otono&period=today')
  await expect(page.getByRole('link', { name: 'Otoño sin acentos' })).toBeVisible()
  await look(page, 'campaigns-filtered', 'es')
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.goto('/campaigns/reports?period=today&q=otono')
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('row', { name: /^promo_primavera/ })).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 20_000 })
  await expect(page.getByRole('region', { name: 'Por número' }).getByRole('row', { name: /^Ventas/ })).toContainText('1')
  const file = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Descargar CSV' }).click()
  expect((await file).suggestedFilename()).toMatch(/^recado-\d{8}-\d{8}\.csv$/)
  await look(page, 'campaign-report', 'es')
})
