import { expect, test } from '../support/desk'
import { csv } from '../support/files'
import { makeCampaign } from '../support/campaigns'

const sheet = csv('dos.csv', [
  ['telefono', 'nombre'],
  ['+55 31 98555-0921', 'Vera Luz'],
])

test('two people on one draft: the second save is refused in words, both versions are seen, nothing is lost', async ({ signedIn }) => {
  const first = await signedIn('manager')
  const id = await makeCampaign(first.request, 'Entre dos', sheet, false)
  await first.goto(`/campaigns/${id}/edit/send`)
  const name = first.getByLabel('Nombre de la campaña')
  await expect(name).toHaveValue('Entre dos')
  const other = await signedIn('manager')
  const seen = (await (await other.request.get(`/api/v1/campaigns/${id}`)).json()) as { version: number }
  const saved = await other.request.patch(`/api/v1/campaigns/${id}`, { data: { version: seen.version, name: 'De la otra' } })
  expect(saved.ok()).toBe(true)

  await name.fill('De la primera')
  await first.getByRole('button', { name: 'Guardar borrador' }).click()
  const clash = first.getByRole('alert').filter({ hasText: 'Cambiaste esto en otra ventana hace un minuto.' })
  await expect(clash).toContainText('no se perdió nada')
  await clash.getByRole('button', { name: 'Ver la otra' }).click()
  await expect(name).toHaveValue('De la otra')
  await clash.getByRole('button', { name: 'Ver la mía' }).click()
  await expect(name).toHaveValue('De la primera')
  await clash.getByRole('button', { name: 'Quedarme con la mía' }).click()
  await expect(clash).toHaveCount(0)
  await expect.poll(async () => ((await (await other.request.get(`/api/v1/campaigns/${id}`)).json()) as { name: string }).name).toBe('De la primera')

  await test.step('a time that has passed is refused where it stands', async () => {
    await first.getByLabel('En otro momento').check()
    await first.getByLabel('Fecha y hora').fill('2020-01-01T09:00')
    await first.getByLabel('Fecha y hora').blur()
    await expect(first.getByText('Esa hora ya pasó. Elige otra.')).toBeVisible()
  })
})

test('who writes BAJA gets no active messages, and every change stands on the page of the person', async ({ signedIn, simulator }) => {
  const vera = await simulator.person('Vera Sol', '5531985550922')
  await simulator.says(vera, 'Ventas', 'Hola')
  const manager = await signedIn('manager', '/contacts')
  await manager.getByRole('link', { name: 'Vera Sol', exact: true }).click({ timeout: 15_000 })
  await expect(manager.getByRole('heading', { name: 'Vera Sol' })).toBeVisible()
  await simulator.says(vera, 'Ventas', '¡Baja!')
  const ledger = manager.getByRole('list', { name: 'Cambios de consentimiento' })
  await expect(async () => {
    await manager.reload()
    await expect(ledger).toContainText('No quiere promociones', { timeout: 2_000 })
  }).toPass({ timeout: 20_000 })
  await expect(ledger).toContainText('escribió «¡Baja!»')
  await expect(ledger).toContainText('Ventas')
  await manager.getByRole('button', { name: 'Volver a permitirlos' }).click()
  await expect(ledger.getByRole('listitem').first()).toContainText('Acepta de nuevo mensajes activos')
})
