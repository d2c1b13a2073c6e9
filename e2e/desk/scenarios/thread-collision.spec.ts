import { composer, emailOf, expect, open, test, thread, view } from '../support/desk'
import { password } from '../support/processes'

test('two agents at one conversation see each other, and the slower one is asked', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Dos Agentes', '5531985550521')
  await simulator.says(person, 'Ventas', '¿Tienen stock?')
  const ana = await signedIn('ana')
  const marcos = await signedIn('manager')
  await open(ana, 'Dos Agentes')
  await open(marcos, 'Dos Agentes')
  await expect(ana.getByText(/Marcos Luna está viendo/)).toBeVisible()
  await composer(marcos).fill('Sí, queda uno')
  await expect(ana.getByText(/Marcos Luna está escribiendo/)).toBeVisible()
  await composer(ana).fill('Déjame ver')
  await composer(marcos).press('Enter')
  const log = thread(ana, 'Dos Agentes').getByRole('log')
  await expect(log.getByText('Sí, queda uno')).toBeVisible()
  // Marcos takes it: Ana's words stay, and she is told.
  const id = /desk\/(\d+)/.exec(marcos.url())![1]
  const { user } = (await (await marcos.request.get('/api/v1/session')).json()) as { user: { id: string } }
  const given = await marcos.request.post(`/api/v1/conversations/${id}/assign`, { data: { user_id: user.id } })
  expect(given.ok(), await given.text()).toBe(true)
  await expect(ana.getByText(/Marcos Luna tomó esta conversación\. Tu texto sigue aquí\./)).toBeVisible()
  await expect(composer(ana)).toHaveValue('Déjame ver')
  await composer(ana).press('Enter')
  await expect(log.getByRole('alert')).toContainText('respondió mientras escribías')
  await log.getByRole('button', { name: 'Devolver al cuadro' }).click()
  await expect(composer(ana)).toHaveValue('Déjame ver')
  await composer(ana).press('Enter')
  // By keyboard: what she has seen now is not asked again.
  await expect(log.getByText('Déjame ver')).toBeVisible()
  await expect.poll(async () => (await simulator.thread(person, 'Ventas')).filter((one) => one.from === 'business').length, { timeout: 15_000 }).toBe(2)
})

test('what the person wrote while the ticket was being closed is read first', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Justo Ahora', '5531985553701')
  await simulator.says(person, 'Ventas', 'Gracias')
  const ana = await signedIn('ana')
  await open(ana, 'Justo Ahora')
  await thread(ana, 'Justo Ahora').getByRole('button', { name: 'Cerrar', exact: true }).click()
  const sheet = ana.getByRole('dialog', { name: 'Cerrar la atención de Justo Ahora' })
  const closes = sheet.getByRole('button', { name: 'Cerrar', exact: true }).last()
  await expect(closes).toBeVisible()
  await simulator.says(person, 'Ventas', 'Ah, una cosa más')
  await expect(thread(ana, 'Justo Ahora').getByRole('log')).toContainText('Ah, una cosa más')
  await closes.click()
  await expect(sheet.getByRole('alert')).toHaveText('La persona acaba de escribir. Léelo primero.')
  await closes.click()
  await expect(sheet).toHaveCount(0)
})

test('a session that ends while typing keeps the words for after the next sign-in', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Sesión Corta', '5531985550522')
  await simulator.says(person, 'Ventas', 'Hola')
  const ana = await signedIn('ana')
  await open(ana, 'Sesión Corta')
  await composer(ana).fill('Esto no se pierde')
  // Ended any earlier, the page may be at the sign-in before the key is pressed.
  await ana.route(
    /\/messages$/,
    async (route) => {
      await ana.request.delete('/api/v1/session')
      await route.continue()
    },
    { times: 1 },
  )
  await composer(ana).press('Enter')
  await expect(ana).toHaveURL(/sign-in/)
  await ana.getByLabel('Correo').fill(emailOf('ana'))
  await ana.getByLabel('Contraseña', { exact: true }).fill(password)
  await ana.getByRole('button', { name: 'Entrar' }).click()
  await expect(thread(ana, 'Sesión Corta').getByRole('log').getByText('Esto no se pierde')).toHaveCount(1)
  await expect.poll(async () => (await simulator.thread(person, 'Ventas')).filter((one) => one.from === 'business').length, { timeout: 20_000 }).toBe(1)
})

test('a failed message is deleted from its place', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Fallo Dos', '5531985550523')
  await simulator.says(person, 'Ventas', '¿Hola?')
  const ana = await signedIn('ana')
  await view(ana, 'Equipo')
  await open(ana, 'Fallo Dos')
  await simulator.fault({ kind: 'async_code', number: 'Ventas', code: 131026, count: 1 })
  await composer(ana).fill('No va a llegar')
  await composer(ana).press('Enter')
  const log = thread(ana, 'Fallo Dos').getByRole('log')
  await expect(log.getByRole('alert')).toContainText('WhatsApp', { timeout: 15_000 })
  await log.getByRole('button', { name: 'Detalles', exact: true }).click()
  await expect(ana.getByRole('dialog', { name: 'Detalles del mensaje' })).toContainText('131026')
  await ana.keyboard.press('Escape')
  await log.getByRole('button', { name: 'Borrar' }).click()
  await expect(log.getByText('No va a llegar')).toHaveCount(0)
  await ana.reload()
  await expect(log.getByText('¿Hola?')).toBeVisible()
  await expect(log.getByText('No va a llegar')).toHaveCount(0)
})
