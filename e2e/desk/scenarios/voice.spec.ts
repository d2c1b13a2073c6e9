import { expect, open, signIn, test, thread } from '../support/desk'

/** A microphone that beeps, as Chromium pretends one. */
test.use({
  launchOptions: {
    executablePath: process.env.RECADO_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
  },
})

test('a voice note is recorded, heard, discarded, recorded again and arrives as one', async ({ signedIn, simulator, handset }) => {
  const person = await simulator.person('Voz Uno', '5531985550955')
  const other = await simulator.person('Voz Dos', '5531985550702')
  await simulator.says(person, 'Ventas', '¿Me lo explican?')
  await simulator.says(other, 'Ventas', 'Yo espero')
  const agent = await signedIn('ana')
  await agent.context().grantPermissions(['microphone'])
  await open(agent, 'Voz Uno')
  const panel = agent.getByRole('region', { name: 'Grabación de voz' })
  const button = (name: string) => panel.getByRole('button', { name, exact: true })

  await agent.getByRole('button', { name: 'Voz', exact: true }).click()
  await expect(panel).toContainText('0:01 / 5:00')
  await button('Pausar grabación').click()
  await expect(panel).toContainText('En pausa')
  await open(agent, 'Voz Dos')
  await expect(panel).toHaveCount(0)
  await open(agent, 'Voz Uno')
  await button('Seguir grabando').click()
  await button('Terminar').click()
  await button('Reproducir').click()
  await expect(button('Pausar')).toBeVisible()
  await button('Grabar de nuevo').click()
  await expect(panel).toContainText('0:01 / 5:00')
  await agent.keyboard.press('Alt+Shift+V')
  await button('Enviar nota de voz').click()
  await expect(panel).toHaveCount(0)

  const note = thread(agent, 'Voz Uno').getByRole('group', { name: 'Nota de voz' })
  await expect(note).toBeVisible()
  const phone = await handset(person)
  await phone.open()
  await expect(phone.messages.getByLabel('Nota de voz')).toBeVisible({ timeout: 15_000 })
  await expect.poll(() => phone.messages.locator('audio').evaluate((audio: HTMLAudioElement) => audio.duration)).toBeGreaterThan(0.5)
  const [sent] = (await simulator.thread(person, 'Ventas')).filter((one) => one.type === 'audio')
  expect(sent).toMatchObject({ content: { voice: true } })
})

test('a microphone that is refused says how to allow it', async ({ browser, simulator, recado }) => {
  const person = await simulator.person('Voz Tres', '5531985550956')
  await simulator.says(person, 'Ventas', 'Hola')
  const context = await browser.newContext({ baseURL: recado.url, locale: 'es-ES', permissions: [] })
  await signIn(context, 'ana')
  const agent = await context.newPage()
  await agent.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    navigator.permissions.query = () => Promise.resolve({ state: 'prompt' } as PermissionStatus)
  })
  await agent.goto('/desk')
  await open(agent, 'Voz Tres')
  await agent.keyboard.press('Alt+Shift+V')
  await agent.getByRole('button', { name: 'Continuar' }).click()
  await expect(agent.getByRole('alert').filter({ hasText: 'candado' })).toBeVisible()
  await context.close()
})
