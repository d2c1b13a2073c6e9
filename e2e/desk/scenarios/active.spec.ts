import type { Page } from '@playwright/test'
import { conversation, expect, test, thread, view } from '../support/desk'
import { look } from '../support/screens'

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Mensaje nuevo' })

/** send chooses a template, gives its values and sends it. */
async function send(page: Page, name: string, values: string[], verb: string): Promise<void> {
  await dialog(page).getByRole('button', { name: 'Elegir la plantilla' }).click()
  await page.getByRole('searchbox', { name: 'Buscar por nombre o texto' }).fill(name)
  await page.getByRole('button', { name: new RegExp(name) }).first().click()
  const form = page.locator('#template-form')
  for (const [at, value] of values.entries()) if (value) await form.getByRole('textbox').nth(at).fill(value)
  await page.getByRole('button', { name: verb }).click()
}

test('by keyboard an agent writes first to a new number, and the reply is hers', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Nueva Uno', '5531985550671')
  const ana = await signedIn('ana')
  await view(ana, 'Mías')
  await ana.getByRole('main').focus()
  await ana.keyboard.press('c')
  await dialog(ana).getByLabel('Desde el número').selectOption({ label: 'Ventas' })
  await dialog(ana).getByLabel('Para').fill('+55 31 98555-0671')
  await ana.keyboard.press('Enter')
  await expect(dialog(ana).getByRole('list', { name: 'Personas' })).toContainText('0671')
  await send(ana, 'promo_primavera', ['Lucía', '20 %'], 'Enviar a 1 persona')
  await expect(ana.getByText('1 mensaje en camino')).toBeVisible()
  await expect(ana).toHaveURL(/\/desk\/\d+/)
  await expect(ana.getByRole('log')).toContainText('Lucía', { timeout: 15_000 })
  await expect.poll(async () => (await simulator.thread(person, 'Ventas')).length, { timeout: 15_000 }).toBe(1)

  await simulator.says(person, 'Ventas', 'Sí, me interesa')
  await view(ana, 'Mías')
  await expect(conversation(ana, 'Nueva Uno')).toContainText('Sí, me interesa', { timeout: 15_000 })
})

test('several are written to by name, and who cannot be is told', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Rosa Varias', '5531985550681')
  await simulator.says(person, 'Ventas', 'Hola')
  const ana = await signedIn('ana')
  await view(ana, 'Equipo')
  await expect(conversation(ana, 'Rosa Varias')).toBeVisible()
  await ana.getByRole('button', { name: 'Mensaje nuevo' }).click()
  await dialog(ana).getByLabel('Desde el número').selectOption({ label: 'Ventas' })
  const to = dialog(ana).getByLabel('Para')
  await to.fill('Rosa Var')
  await dialog(ana).getByRole('button', { name: /Rosa Varias/ }).click()
  await to.fill('+55 31 98555')
  await to.press('Enter')
  await send(ana, 'promo_primavera', ['{{contact.name}}', '20 %'], 'Enviar a 2 personas')
  await expect(dialog(ana).getByRole('alert')).toContainText('1 persona quedó fuera')
  await dialog(ana).getByRole('button', { name: 'Cerrar' }).first().click()
  await conversation(ana, 'Rosa Varias').click()
  await expect(thread(ana, 'Rosa Varias').getByRole('log')).toContainText('Rosa Varias', { timeout: 15_000 })
})

test('the new message has no violations, on a phone as well', async ({ signedIn }) => {
  const ana = await signedIn('ana')
  await ana.getByRole('button', { name: 'Mensaje nuevo' }).click()
  await dialog(ana).getByLabel('Para').fill('+55 31 98555-0691')
  await ana.keyboard.press('Enter')
  await dialog(ana).getByLabel('Para').fill('Camila')
  await expect(dialog(ana).getByRole('button', { name: /Camila Ríos/ })).toBeVisible()
  await look(ana, 'new-message', 'es')
})
