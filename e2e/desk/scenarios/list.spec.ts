import type { Page } from '@playwright/test'
import { composer, conversation, expect, open, test, thread, view } from '../support/desk'

test('filters stand in the address, and a saved view brings them back', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Vista Uno', '5531985550601')
  await simulator.says(person, 'Ventas', 'Quiero ver')
  const agent = await signedIn('ana', '/desk?view=team')
  await agent.getByRole('button', { name: /^Filtros/ }).click()
  await agent.getByLabel('Orden').selectOption({ label: 'Más recientes' })
  await agent.getByRole('checkbox', { name: 'Sin leer' }).check()
  await expect(agent).toHaveURL(/sort=newest/)
  await expect(agent).toHaveURL(/unread=1/)
  await expect(conversation(agent, 'Vista Uno')).toBeVisible()

  await agent.getByRole('button', { name: 'Vistas guardadas' }).click()
  await agent.getByLabel('Nombre de la vista').fill('Sin leer del equipo')
  await agent.keyboard.press('Enter')
  await expect(agent.getByRole('button', { name: 'Sin leer del equipo', exact: true })).toBeVisible()
  await agent.goto('/desk')
  await agent.getByRole('button', { name: 'Vistas guardadas' }).click()
  await agent.getByRole('button', { name: 'Sin leer del equipo', exact: true }).click()
  await expect(agent).toHaveURL(/view=team/)
  await expect(agent).toHaveURL(/unread=1/)
  await agent.getByRole('button', { name: 'Vistas guardadas' }).click()
  await agent.getByRole('button', { name: 'Borrar Sin leer del equipo' }).click()
  await expect(agent.getByText('Vista «Sin leer del equipo» borrada')).toBeVisible()
})

test('arrivals do not move the row under the pointer', async ({ signedIn, simulator }) => {
  const first = await simulator.person('Quieta Uno', '5531985550611')
  await simulator.says(first, 'Ventas', 'Primera')
  const agent = await signedIn('ana', '/desk?view=team&sort=newest')
  const row = conversation(agent, 'Quieta Uno')
  await row.hover()
  const before = await row.boundingBox()
  const second = await simulator.person('Quieta Dos', '5531985550612')
  await simulator.says(second, 'Ventas', 'Segunda')
  await expect(agent.getByRole('button', { name: '1 nueva' })).toBeVisible({ timeout: 15_000 })
  expect(await row.boundingBox()).toEqual(before)
  await expect(conversation(agent, 'Quieta Dos')).toHaveCount(0)
  await agent.getByRole('button', { name: '1 nueva' }).click()
  await expect(conversation(agent, 'Quieta Dos')).toBeVisible()
})

test('a mention reaches the other agent live, by keyboard, until it is read', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Mención Uno', '525555550621')
  await simulator.says(person, 'Soporte', '¿Quién sabe de envíos?')
  const manager = await signedIn('manager')
  const luis = await signedIn('luis')
  await expect(luis.getByRole('tab', { name: 'Menciones' })).toBeVisible()
  await open(manager, 'Mención Uno')
  await thread(manager, 'Mención Uno').getByRole('button', { name: /^Nota/ }).first().click()
  await composer(manager).pressSequentially('Mira esto @lui')
  const offered = manager.getByRole('listbox', { name: 'Mencionar a' })
  await expect(offered.getByRole('option')).toHaveText(['Luis Rey'])
  await manager.keyboard.press('Enter')
  await expect(composer(manager)).toHaveValue('Mira esto @Luis Rey ')
  await manager.keyboard.press('Enter')

  await expect(luis.getByText('Te mencionaron en la conversación con Mención Uno')).toBeVisible({ timeout: 15_000 })
  await view(luis, 'Menciones')
  await conversation(luis, 'Mención Uno').click()
  await expect(thread(luis, 'Mención Uno').getByRole('log')).toContainText('Mira esto @Luis Rey')
  await expect(luis.getByRole('tab', { name: /^Menciones/ })).not.toContainText('1')
})

test('words begun on one device are there on the next', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Dos Pantallas', '5531985550641')
  await simulator.says(person, 'Ventas', '¿Me responde?')
  const desktop = await signedIn('ana')
  await open(desktop, 'Dos Pantallas')
  const kept = desktop.waitForResponse((answer) => answer.url().endsWith('/draft') && answer.request().method() === 'PUT')
  await composer(desktop).fill('Lo reviso y')
  await kept
  const phone = await signedIn('ana')
  await open(phone, 'Dos Pantallas')
  await expect(composer(phone)).toHaveValue('Lo reviso y')
})

test('several tickets are closed at once with the keyboard', async ({ signedIn, simulator }) => {
  for (const n of [1, 2]) {
    const person = await simulator.person(`Lote ${n}`, `553198555063${n}`)
    await simulator.says(person, 'Ventas', 'Listo, gracias')
  }
  const agent = await signedIn('ana', '/desk?view=team&q=Lote')
  await expect(agent.getByRole('option')).toHaveCount(2)
  await select(agent, 2)
  await expect(agent.getByText('2 seleccionadas')).toBeVisible()
  await agent.getByRole('group', { name: 'Acciones para las seleccionadas' }).getByRole('button', { name: 'Cerrar' }).click()
  const dialog = agent.getByRole('dialog', { name: 'Cerrar 2 atenciones' })
  await dialog.getByRole('button', { name: 'Cerrar', exact: true }).last().click()
  await expect(agent.getByText('2 cerradas')).toBeVisible()
  await expect(agent.getByRole('option')).toHaveCount(0)
})

test('several are tagged at once, the tag filters, and the most urgent is first', async ({ signedIn, simulator }) => {
  for (const n of [1, 2, 3]) {
    const person = await simulator.person(`Marca ${n}`, `553198555065${n}`)
    await simulator.says(person, 'Ventas', 'Hola')
  }
  const agent = await signedIn('ana', '/desk?view=team&q=Marca')
  const rows = agent.getByRole('listbox').getByRole('option')
  await expect(rows).toHaveCount(3)
  await select(agent, 2)
  const bulk = agent.getByRole('group', { name: 'Acciones para las seleccionadas' })
  await bulk.getByRole('button', { name: 'Etiquetas' }).click()
  const chosen = agent.getByRole('dialog', { name: 'Etiquetas' })
  const tag = chosen.getByRole('checkbox').first()
  const name = (await chosen.getByRole('listitem').first().innerText()).trim()
  await tag.check({ force: true })
  await chosen.getByRole('button', { name: 'Agregar etiquetas' }).click()
  await expect(agent.getByText('2 etiquetadas')).toBeVisible()

  await agent.getByRole('button', { name: /^Filtros/ }).click()
  await agent.getByLabel('Etiqueta').selectOption({ label: name })
  await expect(rows).toHaveCount(2)
  await agent.getByLabel('Etiqueta').selectOption({ label: 'Todos' })

  await conversation(agent, 'Marca 3').click()
  await thread(agent, 'Marca 3').getByRole('button', { name: 'Más acciones' }).click()
  await agent.getByRole('menuitemradio', { name: 'Urgente' }).click()
  await agent.getByLabel('Orden').selectOption({ label: 'Prioridad' })
  await expect(rows.first()).toContainText('Marca 3')
  await expect(rows.first()).toContainText('Urgente')
})

test('what sleeps leaves my list and is one line away', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Dormida Uno', '525555550661')
  await simulator.says(person, 'Cobranzas', 'Le escribo el lunes')
  const agent = await signedIn('luis')
  await open(agent, 'Dormida Uno')
  await thread(agent, 'Dormida Uno').getByRole('button', { name: 'Asignarme' }).click()
  await view(agent, 'Mías')
  await expect(conversation(agent, 'Dormida Uno')).toBeVisible()
  await thread(agent, 'Dormida Uno').getByRole('button', { name: 'Más acciones' }).click()
  await agent.getByRole('menuitem', { name: 'Hasta que escriba' }).click()
  await expect(conversation(agent, 'Dormida Uno')).toHaveCount(0)
  await agent.getByRole('button', { name: /pospuesta/ }).click()
  await expect(conversation(agent, 'Dormida Uno')).toContainText('Pospuesta hasta que escriba')
  await simulator.says(person, 'Cobranzas', 'Ya es lunes')
  await expect(conversation(agent, 'Dormida Uno')).toHaveCount(0, { timeout: 15_000 })
  await agent.getByRole('button', { name: 'Volver a las mías' }).click()
  await expect(conversation(agent, 'Dormida Uno')).toBeVisible()
})

/** select marks the first rows with j and x. */
async function select(page: Page, rows: number): Promise<void> {
  await page.getByRole('option').first().focus()
  for (let n = 0; n < rows; n++) {
    if (n) await page.keyboard.press('j')
    await page.keyboard.press('x')
  }
}
