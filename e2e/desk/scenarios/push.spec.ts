import type { Page } from '@playwright/test'
import { expect, open, test, thread, view } from '../support/desk'
import { PushService } from '../support/pushService'

/** settings opens what the person set about being told. */
async function settings(page: Page) {
  await page.getByRole('banner').getByRole('button', { name: /^Notificaciones/ }).click()
  const panel = page.getByRole('dialog', { name: 'Notificaciones' })
  await panel.getByRole('button', { name: /Ajustes/ }).click()
  return panel
}

/** hides lets a page believe that nobody looks at it, or that somebody does again. */
const hides = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, hidden)

const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration('/')
    return (await registration!.getNotifications()).map((one) => ({ title: one.title, body: one.body }))
  })

test('what concerns me comes to this device while I do not look, and a click opens the conversation', async ({ signedIn, simulator }) => {
  const service = await PushService.start()
  const person = await simulator.person('Lejos Del Desk', '525555550711')
  await simulator.says(person, 'Cobranzas', '¿Llegó mi pedido?')
  const luis = await signedIn('luis')
  await service.carries(luis.context())
  await luis.reload()
  await open(luis, 'Lejos Del Desk')
  const id = /desk\/(\d+)/.exec(luis.url())![1]
  await luis.getByRole('button', { name: 'Asignarme', exact: true }).click()
  await expect(luis.getByText('Asignada a ti')).toBeVisible()

  const panel = await settings(luis)
  const here = panel.getByRole('checkbox', { name: /En este dispositivo/ })
  await here.check()
  await expect(panel.getByRole('checkbox', { name: /Mostrar lo que escribió/ })).not.toBeChecked()
  await panel.getByRole('button', { name: 'Enviar una prueba' }).click()
  await expect.poll(() => service.heard.length).toBe(1)
  await service.deliver(luis, service.heard[0]!)
  await expect.poll(() => shown(luis)).toEqual([{ title: 'Las notificaciones de Recado funcionan', body: 'Así te avisaremos en este dispositivo.' }])
  await luis.keyboard.press('Escape')

  // Luis looks at another conversation, then away.
  await luis.goto('/campaigns')
  await expect(luis.getByRole('heading', { level: 1 })).toBeVisible()
  const bell = luis.getByRole('banner').getByRole('button', { name: /^Notificaciones/ })
  const before = await bell.getAttribute('aria-label')
  await simulator.says(person, 'Cobranzas', '¿Hola?')
  await expect(bell).not.toHaveAttribute('aria-label', before!)
  await hides(luis, true)
  await simulator.says(person, 'Cobranzas', '¿Sigue ahí?')
  await expect.poll(() => service.heard.length, { timeout: 15_000 }).toBe(2)
  const push = JSON.parse(service.heard[1]!) as { title: string; body: string; conversation_id: string }
  expect(push).toMatchObject({ title: 'Lejos Del Desk te escribió (2)', conversation_id: id, body: 'Abre la conversación para verlo.' })
  await service.deliver(luis, service.heard[1]!)
  await expect.poll(async () => (await shown(luis)).length).toBe(2)

  // Nobody can click what a browser without a screen shows: the worker is told of the click instead.
  const worker = luis.context().serviceWorkers()[0]!
  await worker.evaluate(async () => {
    const scope = self as unknown as ServiceWorkerGlobalScope
    const all = await scope.registration.getNotifications()
    scope.dispatchEvent(new NotificationEvent('notificationclick', { notification: all.find((one) => one.data.conversation)! }))
  })
  await expect(thread(luis, 'Lejos Del Desk')).toBeVisible()
  await expect.poll(async () => (await shown(luis)).length).toBe(1)

  await hides(luis, false)
  const again = await settings(luis)
  await again.getByRole('checkbox', { name: /En este dispositivo/ }).uncheck()
  await expect.poll(async () => ((await (await luis.request.get('/api/v1/push')).json()) as { subscriptions: [] }).subscriptions.length).toBe(0)
  service.stop()
})
