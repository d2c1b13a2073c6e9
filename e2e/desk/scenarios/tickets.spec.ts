import type { Page } from '@playwright/test'
import { composer, conversation, expect, open, test, thread, view } from '../support/desk'

/** action is a button of the open conversation. */
const action = (page: Page, name: string) => page.getByRole('region', { name: /^Conversación con/ }).getByRole('button', { name, exact: true })
const popover = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true })

test('a ticket is assigned with one click, tagged, and closed with a note in two', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Dos Clics', '525555550601')
  await simulator.says(person, 'Cobranzas', '¿Me mandan la factura?')
  const luis = await signedIn('luis')
  await open(luis, 'Dos Clics')
  await action(luis, 'Asignarme').click()
  await expect(luis.getByText('Asignada a ti')).toBeVisible()
  await expect(action(luis, 'Asignarme')).toHaveCount(0)

  await action(luis, 'Etiquetas').click()
  await popover(luis, 'Etiquetas').getByText('Pago', { exact: true }).click()
  await luis.keyboard.press('Escape')
  await expect(thread(luis, 'Dos Clics').locator('header').getByText('Pago', { exact: true })).toBeVisible()

  await action(luis, 'Cerrar').click()
  const sheet = luis.getByRole('dialog', { name: 'Cerrar la atención de Dos Clics' })
  await expect(sheet.getByRole('radio', { name: 'Resuelta' })).toBeFocused()
  await sheet.getByRole('textbox', { name: 'Nota de cierre' }).fill('Factura enviada.')
  await sheet.getByRole('button', { name: 'Cerrar', exact: true }).last().click()
  await expect(luis.getByText('Atención de Dos Clics cerrada')).toBeVisible()
})

test('a transfer carries its note, and says when the other one is away', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Con Nota', '5531985550602')
  await simulator.says(person, 'Ventas', '¿Tienen la talla 40?')
  const ana = await signedIn('ana')
  await open(ana, 'Con Nota')
  await action(ana, 'Transferir').click()
  const transfer = popover(ana, 'Transferir')
  await transfer.getByRole('button', { name: /Lila Núñez/ }).click()
  await expect(transfer.getByRole('status')).toContainText('Lila Núñez no está en línea')
  await transfer.getByRole('button', { name: /Cobranzas/ }).first().click()
  await transfer.getByRole('textbox', { name: 'Nota para quien la recibe' }).fill('Pregunta por un cobro.')
  await transfer.getByRole('button', { name: 'Transferir a Cobranzas' }).click()
  await expect(transfer).toHaveCount(0)

  const luis = await signedIn('luis')
  await open(luis, 'Con Nota')
  await expect(thread(luis, 'Con Nota').getByRole('log')).toContainText('Pregunta por un cobro.')
})

test('by keyboard: take next, set a priority, snooze, and wake by a message', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Ya Vuelvo', '525555550603')
  await simulator.says(person, 'Cobranzas', 'Te escribo luego')
  const luis = await signedIn('luis')
  await open(luis, 'Ya Vuelvo')
  await luis.getByRole('button', { name: 'Más acciones' }).press('Enter')
  await luis.getByRole('menuitemradio', { name: 'Urgente' }).press('Enter')
  await luis.keyboard.press('Escape')
  await expect(thread(luis, 'Ya Vuelvo').locator('header').getByText('Urgente')).toBeVisible()
  await view(luis, 'Cola')
  await expect(conversation(luis, 'Ya Vuelvo')).toBeVisible()
  await luis.getByRole('main').focus()
  await luis.keyboard.press('n')
  await expect(thread(luis, 'Ya Vuelvo').locator('header').getByText('Luis Rey')).toBeVisible()

  await luis.getByRole('button', { name: 'Más acciones' }).press('Enter')
  await luis.getByRole('menuitem', { name: 'Hasta que escriba' }).press('Enter')
  await view(luis, 'Mías')
  await expect(conversation(luis, 'Ya Vuelvo')).toHaveCount(0)
  await simulator.says(person, 'Cobranzas', 'Ya volví')
  await expect(conversation(luis, 'Ya Vuelvo')).toBeVisible()
})

test('a pause has a reason and a running time', async ({ signedIn }) => {
  const ana = await signedIn('ana')
  const own = ana.getByRole('banner').getByRole('button', { name: /Mi estado/ })
  await own.click()
  await ana.getByRole('menuitem', { name: 'Almuerzo' }).click()
  await expect(own).toContainText('Almuerzo')
  await expect(own).toContainText(/0:0\d/)
  await ana.reload()
  await expect(own).toContainText('Almuerzo')
  await own.press('Enter')
  await ana.getByRole('menuitem', { name: 'En línea' }).press('Enter')
  await expect(own).toContainText('En línea')
})

test('what a closing must say is a setting, kept with one key, and asked for at the desk', async ({ signedIn, simulator }) => {
  const owner = await signedIn('owner', '/settings/attention')
  const mode = owner.getByRole('combobox', { name: 'Nota de cierre' })
  await mode.selectOption('category_summary')
  await expect(owner.getByText('1 cambio')).toBeVisible()
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Cambios guardados')).toBeVisible()
  try {
    const person = await simulator.person('Con Resumen', '5531985550604')
    await simulator.says(person, 'Ventas', 'Gracias')
    const ana = await signedIn('ana')
    await open(ana, 'Con Resumen')
    await composer(ana).fill('A ti')
    await composer(ana).press('Enter')
    await action(ana, 'Cerrar').click()
    const sheet = ana.getByRole('dialog', { name: 'Cerrar la atención de Con Resumen' })
    await sheet.getByRole('button', { name: 'Cerrar', exact: true }).last().click()
    await expect(sheet.getByRole('combobox', { name: 'Categoría' })).toBeFocused()
    await sheet.getByRole('combobox', { name: 'Categoría' }).selectOption('Entrega')
    await sheet.getByRole('textbox', { name: 'Nota de cierre' }).fill('Agradece la entrega.')
    await ana.keyboard.press('Control+Enter')
    await expect(sheet).toHaveCount(0)
  } finally {
    await mode.selectOption('optional')
    await owner.keyboard.press('Control+s')
    await expect(owner.getByText('1 cambio')).toHaveCount(0)
  }
})

test('agents may not open the settings', async ({ signedIn }) => {
  const ana = await signedIn('ana', '/settings/attention')
  await expect(ana.getByText('Tu perfil no incluye «Atención».')).toBeVisible()
})
