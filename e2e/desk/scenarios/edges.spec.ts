import type { Page } from '@playwright/test'
import { composer, conversation, expect, open, test, thread } from '../support/desk'

test('two tabs of one agent share what is begun, and what one sends is in the other', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Dos Pestañas', '525555550701')
  await simulator.says(person, 'Soporte', '¿Siguen abiertos?')
  const one = await signedIn('manager')
  const two = await one.context().newPage()
  await two.goto('/desk')
  await open(one, 'Dos Pestañas')
  await open(two, 'Dos Pestañas')
  await composer(one).fill('Sí, hasta las ocho')
  await expect(composer(two)).toHaveValue('Sí, hasta las ocho')
  await composer(one).press('Enter')
  await expect(thread(two, 'Dos Pestañas').getByRole('log')).toContainText('Sí, hasta las ocho', { timeout: 15_000 })
  await expect(composer(two)).toHaveValue('')
  await expect.poll(async () => (await simulator.thread(person, 'Soporte')).filter((one) => one.from !== person.id).length).toBeGreaterThan(0)
  expect(await thread(two, 'Dos Pestañas').getByRole('log').getByText('Sí, hasta las ocho').count()).toBe(1)
})

test('a queue that is taken away closes the open conversation at once', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Sin Alcance', '525555550702')
  await simulator.says(person, 'Cobranzas', 'Secreto de cobranzas')
  const luis = await signedIn('luis')
  await open(luis, 'Sin Alcance')
  await expect(thread(luis, 'Sin Alcance').getByRole('log')).toContainText('Secreto de cobranzas')
  const owner = await signedIn('owner')
  const read = async <T>(page: Page, path: string) => (await (await page.request.get('/api/v1' + path)).json()) as T
  const { user } = await read<{ user: { id: string } }>(luis, '/session')
  const { items } = await read<{ items: { id: string; name: string }[] }>(owner, '/queues')
  const queue = items.find((one) => one.name === 'Cobranzas')!
  const put = (users: string[]) => owner.request.put(`/api/v1/queues/${queue.id}/members`, { data: { user_ids: users } })
  expect((await put([])).ok()).toBe(true)
  try {
    await expect(conversation(luis, 'Sin Alcance')).toHaveCount(0, { timeout: 15_000 })
    await expect(luis.getByText('Secreto de cobranzas')).toHaveCount(0)
    await expect(composer(luis)).toHaveCount(0)
  } finally {
    expect((await put([user.id])).ok()).toBe(true)
  }
})

test('a screenshot is pasted and arrives', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Con Captura', '5531985550953')
  await simulator.says(person, 'Ventas', '¿Cómo se ve?')
  const ana = await signedIn('ana')
  await open(ana, 'Con Captura')
  await composer(ana).evaluate(async (box) => {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = 64
    canvas.getContext('2d')!.fillRect(0, 0, 64, 64)
    const blob = await new Promise<Blob>((done) => canvas.toBlob((made) => done(made!), 'image/png'))
    const data = new DataTransfer()
    data.items.add(new File([blob], 'image.png', { type: 'image/png' }))
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  })
  await composer(ana).fill('Así se ve')
  await composer(ana).press('Enter')
  await expect(thread(ana, 'Con Captura').getByRole('log').getByRole('img').first()).toBeVisible({ timeout: 15_000 })
  await expect
    .poll(async () => (await simulator.thread(person, 'Ventas')).map((one) => one.type), { timeout: 15_000 })
    .toEqual(['text', 'image'])
})

test('a clock that is an hour off changes nothing about the window', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Reloj Loco', '5531985550704')
  await simulator.says(person, 'Ventas', 'Hola')
  const ana = await signedIn('ana')
  await ana.clock.install({ time: Date.now() + 23.5 * 3_600_000 })
  await ana.reload()
  await open(ana, 'Reloj Loco')
  await expect(composer(ana)).toBeVisible()
  await expect(thread(ana, 'Reloj Loco').getByText(/Se cierra en/)).toHaveCount(0)
  await composer(ana).fill('Hola, dígame')
  await composer(ana).press('Enter')
  await expect(thread(ana, 'Reloj Loco').getByRole('log')).toContainText('Hola, dígame')
  await expect.poll(async () => (await simulator.thread(person, 'Ventas')).length, { timeout: 15_000 }).toBe(2)
})
