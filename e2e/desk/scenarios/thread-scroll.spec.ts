import type { Page } from '@playwright/test'
import { composer, expect, open, test, thread } from '../support/desk'

/** arrived waits until so many messages of a person are unread. */
async function arrived(agent: Page, name: string, n: number): Promise<void> {
  const unread = async () => {
    const answer = await agent.request.get('/api/v1/conversations?view=team&search=' + encodeURIComponent(name))
    return ((await answer.json()) as { items: { unread: number }[] }).items[0]?.unread ?? 0
  }
  await expect.poll(unread, { timeout: 60_000 }).toBe(n)
}

test('a long thread opens at what is new, keeps its place, and jumps to a quote far above', async ({ signedIn, simulator }) => {
  test.setTimeout(120_000)
  const person = await simulator.person('Larga Historia', '5531985550511')
  const first = await simulator.sends(person, 'Ventas', { type: 'text', text: 'El primero de todos' })
  for (let n = 1; n <= 1000; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, m) => simulator.says(person, 'Ventas', `línea ${n + m}`)))
  }
  const agent = await signedIn('ana')
  await arrived(agent, 'Larga Historia', 1001)
  await open(agent, 'Larga Historia')
  const log = thread(agent, 'Larga Historia').getByRole('log')

  // 1,001 unread begin above the first page: it opens at the end, with a button that leads up to them.
  await expect(log.locator('[data-id]').last()).toBeInViewport()
  await agent.getByRole('button', { name: '1001 mensajes sin leer arriba' }).click()
  await expect(log.getByText('1001 mensajes nuevos')).toBeInViewport()
  await expect(log.locator('[data-id]').first()).toBeInViewport()

  // What comes meanwhile does not move the view; a button counts it, and the line stays.
  await simulator.sends(person, 'Ventas', { type: 'text', text: 'con cita', reply_to: first })
  await expect(agent.getByRole('button', { name: '1 nuevo' })).toBeVisible()
  await expect(log.getByText('El primero de todos')).toBeInViewport()
  await agent.getByRole('button', { name: '1 nuevo' }).click()
  await expect(log.getByText('con cita')).toBeInViewport()

  // By keyboard: the quote is a button of the message.
  await log.getByRole('button', { name: 'El primero de todos' }).focus()
  await agent.keyboard.press('Enter')
  await expect(log.locator('[data-id]', { hasText: 'El primero de todos' }).first()).toBeFocused()
  await expect(log.getByText('El primero de todos').first()).toBeInViewport()
})

test('older pages come in above without moving what is read', async ({ signedIn, simulator }) => {
  test.setTimeout(120_000)
  const person = await simulator.person('Sin Saltos', '5531985550512')
  for (let n = 1; n <= 120; n++) await simulator.says(person, 'Ventas', `renglón ${n}`)
  const agent = await signedIn('ana')
  await arrived(agent, 'Sin Saltos', 120)
  await open(agent, 'Sin Saltos')
  const log = thread(agent, 'Sin Saltos').getByRole('log')
  // Fifty, one of which may be the line of who it was assigned to.
  await expect(log.locator('[data-id]').nth(48)).toBeAttached()
  const mark = log.locator(`[data-id="${await log.locator('[data-id]').nth(9).getAttribute('data-id')}"]`)
  // The page above is held back until the view stands still, so that its coming in alone is measured.
  let give = () => {}
  const held = new Promise<void>((done) => (give = done))
  await agent.route(/messages\?before=/, async (route) => {
    await held
    await route.continue()
  })
  const asked = agent.waitForRequest(/messages\?before=/)
  await mark.evaluate((line) => line.scrollIntoView({ block: 'start' }))
  await asked
  const before = (await mark.boundingBox())!.y
  give()
  await expect(log.locator('[data-id]').nth(97)).toBeAttached()
  await expect(log.getByText('Cargando mensajes anteriores…')).toHaveCount(0)
  expect(Math.abs((await mark.boundingBox())!.y - before)).toBeLessThanOrEqual(2)
})

test('a desk that was offline sends what was written there in order, once, after a reload too', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Vuelve Pronto', '5531985550513')
  await simulator.says(person, 'Ventas', '¿Siguen ahí?')
  const agent = await signedIn('ana')
  await open(agent, 'Vuelve Pronto')
  const log = thread(agent, 'Vuelve Pronto').getByRole('log')
  await expect(log.getByText('¿Siguen ahí?')).toBeVisible()
  await agent.context().setOffline(true)
  for (const words of ['uno de cuatro', 'dos de cuatro', 'tres de cuatro', 'nunca sale']) {
    await composer(agent).fill(words)
    await composer(agent).press('Enter')
  }
  await expect(agent.getByText('Sin conexión, 4 mensajes esperan')).toBeVisible()
  await log.getByRole('button', { name: 'Cancelar el envío' }).last().click()
  await expect(agent.getByText('Sin conexión, 3 mensajes esperan')).toBeVisible()

  // The page comes back before the way out does.
  await agent.route(/\/messages$/, (route) => route.abort())
  await agent.context().setOffline(false)
  await agent.reload()
  await expect(log.getByText('tres de cuatro')).toBeVisible()
  await agent.unroute(/\/messages$/)
  const arrived = async () => (await simulator.thread(person, 'Ventas')).filter((one) => one.from === 'business').map((one) => (one as unknown as { content: { body: string } }).content.body)
  await expect.poll(arrived, { timeout: 45_000 }).toEqual(['uno de cuatro', 'dos de cuatro', 'tres de cuatro'])
  await expect(log.getByText('uno de cuatro')).toHaveCount(1)
})
