import { expect, test } from '../support/desk'
import { csv } from '../support/files'
import { makeCampaign } from '../support/campaigns'
import { look } from '../support/screens'

const sheet = csv('cola.csv', [
  ['telefono', 'nombre'],
  ['+55 31 98555-1041', 'Pía Lagos'],
  ['+55 31 98555-1042', 'Teo Ríos'],
])

test('a campaign waits while the queue its replies go to is full, says so, and goes on by itself', async ({ signedIn, simulator }) => {
  test.setTimeout(90_000)
  for (const [name, phone] of [['Iris Vega', '5531985551043'], ['Noel Paz', '5531985551044'], ['Alba Gil', '5531985551045']] as const) {
    await simulator.says(await simulator.person(name, phone), 'Ventas', 'Hola')
  }
  const manager = await signedIn('manager')
  const id = await makeCampaign(manager.request, 'Con cola', sheet, false)
  const path = `/api/v1/campaigns/${id}`
  const { items } = (await (await manager.request.get('/api/v1/queues')).json()) as { items: { id: string; name: string; waiting: number }[] }
  const queue = items.reduce((a, b) => (b.waiting > a.waiting ? b : a))
  expect(queue.waiting).toBeGreaterThan(1)
  expect((await manager.request.patch(path, { data: { route: { target: 'queue', target_id: queue.id } } })).ok()).toBe(true)

  await test.step('the limits stand in the last step', async () => {
    await manager.goto(`/campaigns/${id}/edit/send`)
    await manager.getByLabel('Cuidar la cola').check()
    await manager.getByLabel('Más lenta por encima de').fill('5')
    await manager.getByLabel('Nada por encima de').fill('5')
    await expect(manager.getByText('El límite para ir más lenta debe ser menor que el límite para detenerse.').first()).toBeVisible()
    await manager.getByLabel('Más lenta por encima de').fill('')
    await manager.getByLabel('Nada por encima de').fill('1')
    await look(manager, 'campaign-load', 'es')
    await manager.setViewportSize({ width: 1440, height: 900 })
    await manager.getByRole('button', { name: 'Guardar borrador' }).click()
    await expect.poll(async () => ((await (await manager.request.get(path)).json()) as { pace: { stop_above: number } }).pace.stop_above).toBe(1)
  })
  await test.step('it waits and says for what', async () => {
    await expect.poll(async () => {
      await manager.request.post(path + '/check')
      return ((await (await manager.request.get(path)).json()) as { state: string }).state
    }).toBe('ready')
    expect((await manager.request.post(path + '/send')).ok()).toBe(true)
    await manager.goto(`/campaigns/${id}`)
    await expect(manager.getByText(`Espera: la cola «${queue.name}» tiene`)).toBeVisible({ timeout: 20_000 })
    await expect(manager.getByText('nada con más de 1 en espera')).toBeVisible()
    await look(manager, 'campaign-waits', 'es')
  })
  await test.step('it goes on when more may wait', async () => {
    expect((await manager.request.patch(path, { data: { pace: {} } })).ok()).toBe(true)
    await expect(manager.getByText('Terminada', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
  })
})
