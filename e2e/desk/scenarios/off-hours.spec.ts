import type { Page } from '@playwright/test'
import { expect, test } from '../support/desk'
import { look } from '../support/screens'

const template = 'Oi! O nosso atendimento já está disponível.'

/** closes leaves a number with some minutes a week, or with all of it. */
async function closes(owner: Page, number: 'Cobranzas' | 'Soporte', closed: boolean): Promise<void> {
  await owner.goto('/settings/hours')
  await owner.getByRole('link', { name: number, exact: true }).click()
  const always = owner.getByRole('checkbox', { name: 'Atención las 24 horas' })
  await always.setChecked(!closed)
  if (closed) {
    for (const day of ['lunes', 'martes', 'miércoles', 'jueves', 'viernes']) {
      await owner.getByLabel(day + ': desde').fill('03:00')
      await owner.getByLabel(day + ': hasta').fill('03:01')
    }
    await owner.getByRole('checkbox', { name: 'Avisar a quien escribe que no hay nadie' }).check()
    await owner.getByRole('checkbox', { name: 'Notificar el próximo horario de atención' }).check()
    await expect(owner.getByText('Lista para enviar: ' + template)).toBeVisible()
  }
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Horario guardado')).toBeVisible()
}

test('who writes when nobody is there asks to be told, is listed, and hears once that somebody is', async ({
  signedIn,
  simulator,
  handset,
}) => {
  const owner = await signedIn('owner', '/settings/hours')
  await closes(owner, 'Cobranzas', true)

  const list = await signedIn('owner', '/off-hours')
  const person = await simulator.person('Iris Prueba', '5531985552201')
  await simulator.says(person, 'Cobranzas', '¿Puedo pagar mañana?')
  const hers = await handset(person)
  await hers.open()
  await hers.taps('Avísenme al abrir')
  await expect(hers.messages).toContainText('te avisamos cuando abramos')

  const row = list.getByRole('row', { name: 'Iris Prueba' })
  await expect(row).toContainText('¿Puedo pagar mañana?')
  await expect(row).toContainText('98555-2201')
  await expect(row.getByText('Sí', { exact: true })).toBeVisible()
  await list.getByRole('searchbox', { name: 'Nombre o número' }).fill('nadie así')
  await expect(list.getByText('Nadie con estos filtros.')).toBeVisible()
  await list.getByRole('button', { name: 'Quitar los filtros' }).click()
  await expect(row).toBeVisible()

  await closes(owner, 'Cobranzas', false)
  await expect(hers.messages).toContainText(template, { timeout: 20_000 })
  await expect(row).toHaveCount(0)
  await list.getByLabel('Mostrar').selectOption({ label: 'Todos' })
  await expect(row).toContainText('Aviso de apertura')
  await look(list, 'off-hours', 'es')
  await hers.taps('Sim')
  await expect(row).toContainText('Respondió que sí')
  const templates = (await simulator.thread(person, 'Cobranzas')).filter((one) => one.type === 'template')
  expect(templates).toHaveLength(1)
  await row.getByRole('link', { name: 'Abrir conversación' }).click()
  await expect(list).toHaveURL(/\/desk\/\d+/)
})

test('from its row somebody is sent a message, and the row says so; a second one asks first', async ({ signedIn, simulator }) => {
  const owner = await signedIn('owner', '/settings/hours')
  await closes(owner, 'Soporte', true)
  const person = await simulator.person('Otto Prueba', '5531985552202')
  await simulator.says(person, 'Soporte', 'Quiero un plan')
  const luis = await signedIn('luis', '/off-hours')
  const row = luis.getByRole('row', { name: 'Otto Prueba' })
  await expect(row).toBeVisible()
  await luis.keyboard.press('j')
  while (!(await row.getByRole('button').evaluate((button) => button === document.activeElement))) await luis.keyboard.press('j')
  await luis.keyboard.press('x')
  const dialog = luis.getByRole('dialog', { name: 'Mensaje nuevo' })
  await expect(dialog.getByLabel('Desde el número').locator('option:checked')).toHaveText('Soporte')
  await dialog.getByRole('button', { name: 'Elegir la plantilla' }).click()
  await luis.getByRole('searchbox', { name: 'Buscar por nombre o texto' }).fill('atendimento')
  await luis
    .getByRole('button', { name: /atendimento_esta_disponivel/ })
    .first()
    .click()
  await luis.getByRole('button', { name: 'Enviar a 1 persona' }).click()
  await expect(row).toHaveCount(0)
  await luis.getByLabel('Mostrar').selectOption({ label: 'Todos' })
  await expect(row.getByText('Sí', { exact: true })).toBeVisible()
  await expect(row).toContainText('Luis Rey')

  luis.once('dialog', (asked) => {
    expect(asked.message()).toContain('Ya se le envió un mensaje a Otto Prueba')
    void asked.dismiss()
  })
  await row.getByRole('button', { name: 'Enviar mensaje a Otto Prueba' }).click()
  await expect(dialog).toHaveCount(0)
  await closes(owner, 'Soporte', false)
})

test('numbers out of reach are not listed, a list that fails says so, and nobody this week is a good week', async ({ signedIn }) => {
  const lila = await signedIn('lila')
  await lila.route('**/api/v1/off-hours**', (route) => route.fulfill({ status: 503, json: {} }))
  await lila.goto('/off-hours')
  await expect(lila.getByText('No se pudo cargar la lista.')).toBeVisible()
  await lila.unroute('**/api/v1/off-hours**')
  await lila.getByRole('button', { name: 'Reintentar' }).click()
  await expect(lila.getByText('Esta semana nadie escribió fuera de horario')).toBeVisible()
})
