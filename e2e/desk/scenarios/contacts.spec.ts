import { readFile } from 'node:fs/promises'
import { expect, test } from '../support/desk'
import { csv } from '../support/files'

const sheet = csv('gente.csv', [
  ['Celular', 'Nombre', 'Correo', 'Ciudad', 'Plan'],
  ['+55 31 98555-0801', 'Irene Sáenz', 'irene@example.com', 'Córdoba', 'oro'],
  ['31 98555-0802', 'Hugo Prado', '', 'Rosario', ''],
  ['abc', 'Con letras', '', '', ''],
])

test('a sheet becomes contacts: columns found, rows shown before, bad rows given back, found in the list', async ({ signedIn, simulator }) => {
  const irene = await simulator.person('Irene', '5531985550801')
  await simulator.says(irene, 'Ventas', 'Buenas')
  const manager = await signedIn('manager', '/contacts')
  await expect(manager.getByRole('link', { name: 'Irene', exact: true })).toBeVisible({ timeout: 15_000 })
  await manager.getByRole('button', { name: 'Importar' }).click()
  await manager.getByLabel('Elegir una planilla').setInputFiles(sheet)
  await expect(manager.getByLabel('Celular')).toHaveValue('phone')
  await expect(manager.getByLabel('Plan', { exact: true })).toHaveValue('attribute')

  const preview = manager.getByRole('table', { name: 'Las primeras filas' })
  await expect(preview.getByRole('row', { name: /Irene Sáenz/ })).toContainText('Ya está')
  await expect(preview.getByRole('row', { name: /Hugo Prado/ })).toContainText('código de país')
  await manager.getByLabel('Los números sin código de país son de').selectOption({ label: 'Brasil' })
  await expect(preview.getByRole('row', { name: /Hugo Prado/ })).toContainText('Nuevo')
  await manager.getByLabel('Celular').selectOption({ label: 'Dejar fuera' })
  await expect(manager.getByText('Elige la columna que contiene los números de teléfono.')).toBeVisible()
  await expect(manager.getByRole('button', { name: 'Importar', exact: true })).toBeDisabled()
  await manager.getByLabel('Celular').selectOption({ label: 'Teléfono' })
  await manager.getByRole('radio', { name: 'Tomar los valores de la planilla' }).check()
  await manager.getByRole('button', { name: 'Importar', exact: true }).click()

  const journal = manager.getByRole('region', { name: 'Importaciones' })
  await expect(journal).toContainText('Lista', { timeout: 15_000 })
  await expect(journal).toContainText('1 contacto nuevo')
  await expect(journal).toContainText('1 cambió')
  const [errors] = await Promise.all([
    manager.waitForEvent('download'),
    journal.getByRole('link', { name: 'Descargar las filas que quedaron fuera' }).click(),
  ])
  expect(await readFile(await errors.path(), 'utf8')).toContain('"abc","Con letras","","","","Fila 4: ')

  await manager.getByRole('link', { name: 'Volver a contactos' }).click()
  await manager.getByLabel('Nombre', { exact: true }).fill('irene saenz')
  await manager.getByRole('link', { name: 'Irene Sáenz' }).click()
  await expect(manager.getByLabel('Ciudad')).toHaveValue('Córdoba')
  await expect(manager.getByLabel('Plan', { exact: true })).toHaveValue('oro')
})

test('an export has what the filter shows, and only who may gets it', async ({ signedIn }) => {
  const manager = await signedIn('manager', '/contacts')
  await manager.getByLabel('Nombre', { exact: true }).fill('camila')
  await expect(manager.getByRole('link', { name: 'Camila Ríos' })).toBeVisible()
  const [file] = await Promise.all([manager.waitForEvent('download'), manager.getByRole('button', { name: 'Exportar' }).click()])
  const rows = (await readFile(await file.path(), 'utf8')).trim().split('\r\n')
  expect(rows[0]).toContain('"telefono","nombre","email"')
  expect(rows.slice(1).map((row) => row.split(',')[1])).toEqual(['"Camila Ríos"'])

  const agent = await signedIn('ana', '/contacts')
  await expect(agent.getByRole('button', { name: 'Exportar' })).toBeDisabled()
  expect((await agent.request.get('/api/v1/people.csv')).status()).toBe(403)
  await agent.goto('/contacts/import')
  await expect(agent.getByText('Para importar hace falta un perfil')).toBeVisible()
})

test('a contact is made by keyboard, found again under another way of writing, edited, blocked and let in', async ({ signedIn }) => {
  const page = await signedIn('manager', '/contacts')
  await expect(page.getByRole('heading', { name: 'Contactos' })).toBeVisible()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Nuevo contacto' })
  await dialog.getByLabel('Teléfono').fill('+55 31 98555-0811')
  await dialog.getByLabel('Nombre').fill('Olga Nueva')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Olga Nueva' })).toBeVisible()
  await page.goto('/contacts')
  await page.getByRole('button', { name: 'Nuevo contacto' }).click()
  await dialog.getByLabel('Teléfono').fill('+5531 8555 0811') // without the ninth digit
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('Olga Nueva ya tiene este número.')
  await dialog.getByRole('button', { name: 'Abrir ese contacto' }).click()
  await page.getByLabel('Ciudad').fill('Salta')
  await page.keyboard.press('Tab')
  await page.reload()
  await expect(page.getByLabel('Ciudad')).toHaveValue('Salta')

  await page.getByRole('button', { name: 'Bloquear' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Bloquear' }).click()
  await expect(page.getByText(/^Bloqueado desde/)).toBeVisible()
  await page.getByRole('button', { name: 'Desbloquear' }).click()
  await expect(page.getByText(/^Bloqueado desde/)).toHaveCount(0)
})

test('two contacts with one e-mail become one, with both sides shown', async ({ signedIn }) => {
  const page = await signedIn('manager')
  const make = async (phone: string, name: string, city: string) => {
    const made = await page.request.post('/api/v1/contacts', { data: { name, phone, attributes: { email: 'doble@example.com', city } } })
    return ((await made.json()) as { id: string }).id
  }
  await make('+55 31 98555-0821', 'Rosa Doble', 'Lima')
  const second = await make('+55 31 98555-0822', 'Rosita', 'Quito')
  // Words are put into their index a moment after the contact is made.
  await expect(async () => {
    await page.goto('/contacts/' + second)
    await expect(page.getByText('Mismo correo que')).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 15_000 })
  await page.getByRole('button', { name: 'Unir' }).click()
  const dialog = page.getByRole('dialog', { name: '¿Son la misma persona?' })
  await expect(dialog).toContainText('0821')
  await expect(dialog).toContainText('0822')
  await dialog.getByRole('radio', { name: 'Rosa Doble' }).check()
  await dialog.getByRole('radio', { name: 'Quito' }).check()
  await dialog.getByRole('button', { name: 'Unir' }).click()
  await expect(page.getByRole('heading', { name: 'Rosa Doble' })).toBeVisible()
  await expect(page.getByLabel('Ciudad')).toHaveValue('Quito')
  await expect(page.getByText('Mismo correo que')).toHaveCount(0)
})
