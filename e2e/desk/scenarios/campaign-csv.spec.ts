import type { Page } from '@playwright/test'
import { composer, conversation, expect, test, thread, view } from '../support/desk'
import { csv, pdf, picture } from '../support/files'
import { shots } from '../support/screens'
import { Wizard } from '../support/wizard'

const header = ['telefono', 'remitente', 'plantilla', 'nombre', '{{1}}', '{{2}}', 'agente_email']
const sheet = csv('primavera.csv', [
  header,
  ['+55 31 98555-0201', 'Ventas', 'promo_primavera', 'Carla Mota', 'Carla', '20 %', 'ana@aurora.example'],
  ['+52 55 5555 0202', 'Soporte', 'promo_primavera', 'Íñigo Paz', 'Íñigo', '15 %', 'luis@aurora.example'],
  ['98555-0203', 'Ventas', 'promo_primavera', 'Sin Área', 'Sin', '10 %', 'ana@aurora.example'],
  ['+55 31 98555-0204', 'Ventas', 'promo_verano', 'Otra', 'Otra', '10 %', 'ana@aurora.example'],
  ['+55 31 98555-0205', 'Ventas', 'promo_primavera', 'Para Lila', 'Para', '10 %', 'lila@aurora.example'],
  ['+55 31 98555-0206', 'Ventas', 'promo_primavera', 'Para Nadie', 'Para', '10 %', 'nadie@aurora.example'],
])

test('a campaign from a sheet brings each reply to the agent its row names', async ({ signedIn, simulator, handset, kind }) => {
  test.setTimeout(120_000)
  const carla = await simulator.person('Carla Mota', '5531985550201')
  const phone = await handset(carla)
  const agent = await signedIn('ana')
  await view(agent, 'Mías')
  const manager = await signedIn('manager')

  await test.step('the manager prepares and sends it', () => prepare(manager))

  await test.step('the progress moves until it is done', async () => {
    await expect(manager.getByText('Terminada', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
    const delivered = manager.getByRole('term').filter({ hasText: 'Entregados' })
    await expect(delivered.locator('..')).toContainText(/Entregados\s*2/, { timeout: 30_000 })
    await expect(manager.getByRole('table', { name: 'Personas' }).getByRole('row')).toHaveCount(3)
  })

  await test.step('the customer sees the message and taps its button', async () => {
    await phone.open()
    await expect(phone.messages).toContainText('Primavera en Aurora')
    await expect(phone.messages).toContainText('Hola Carla, esta semana tienes 20 % de descuento en toda la tienda.')
    await expect(phone.messages).toContainText('Responde BAJA para no recibir promociones')
    await expect(phone.messages.getByRole('button', { name: 'No, gracias' })).toBeVisible()
    await phone.taps('Quiero saber más')
  })

  await test.step('the agent gets it without reloading and is told why', async () => {
    await conversation(agent, 'Carla Mota').click()
    const banner = thread(agent, 'Carla Mota').getByText('Respondió a «Primavera')
    await expect(banner).toContainText('Va a Ana Sosa')
    await expect(banner).toContainText('respuestas hasta el')
    await expect(thread(agent, 'Carla Mota').getByRole('log')).toContainText('Eligió: Quiero saber más')
    await phone.writes('¿Hasta cuándo dura?')
    await expect(thread(agent, 'Carla Mota').getByRole('log')).toContainText('¿Hasta cuándo dura?')
  })

  await test.step('the answers arrive, and the ticks move', async () => {
    const log = thread(agent, 'Carla Mota').getByRole('log')
    await phone.away()
    await composer(agent).fill('Hasta el domingo, Carla.')
    await composer(agent).press('Enter')
    await expect(log.getByText('Hasta el domingo, Carla.')).toBeVisible()
    await expect(log.getByText('Entregado', { exact: true }).last()).toBeAttached({ timeout: 15_000 })
    await attach(agent, [picture('vitrina.png')])
    await composer(agent).fill('Así está la vitrina')
    await composer(agent).press('Enter')
    await attach(agent, [pdf('catalogo.pdf')])
    await agent.getByRole('button', { name: 'Enviar', exact: true }).click()
    await expect(log.getByRole('img', { name: 'Así está la vitrina' })).toBeVisible()
    await expect(log.getByRole('link', { name: /catalogo\.pdf/ })).toBeVisible()
    await phone.open()
    await expect(phone.messages).toContainText('Hasta el domingo, Carla.')
    await expect(phone.messages.getByRole('img', { name: 'Así está la vitrina' })).toBeVisible({ timeout: 15_000 })
    await expect(phone.messages.getByRole('link', { name: /catalogo\.pdf/ })).toBeVisible({ timeout: 15_000 })
    await expect(log.getByText('Leído', { exact: true }).last()).toBeVisible({ timeout: 15_000 })
    await expect(log.getByText(/^(Enviado|Entregado|Aceptado|En espera)$/)).toHaveCount(0)
    await agent.screenshot({ path: `${shots}desk-${kind}.png` })
  })

  await test.step('the agent closes with a note, takes it back, and closes again', async () => {
    await close(agent, 'Quiere pasar el sábado.')
    await agent.getByRole('status').getByRole('button', { name: 'Deshacer' }).click()
    await view(agent, 'Mías')
    await conversation(agent, 'Carla Mota').click()
    await close(agent, 'Quiere pasar el domingo.')
    await expect(conversation(agent, 'Carla Mota')).toHaveCount(0)
  })

  await test.step('a new message opens a new ticket', async () => {
    await phone.writes('Una cosa más')
    await expect(conversation(agent, 'Carla Mota')).toBeVisible()
    await conversation(agent, 'Carla Mota').click()
    await expect(thread(agent, 'Carla Mota').getByRole('log')).toContainText('Una cosa más')
    const panel = agent.getByRole('complementary', { name: 'Contacto' })
    await expect(panel).toContainText('Quiere pasar el domingo.')
  })
})

/** prepare walks through the wizard and looks at what it says on the way. */
async function prepare(manager: Page): Promise<void> {
  const wizard = new Wizard(manager)
  await wizard.begin()
  await wizard.sheet(sheet)
  await expect(wizard.row(4)).toContainText('A «98555-0203» le faltan dígitos. Revisa el código de área.')
  await expect(wizard.row(5)).toContainText('La plantilla «promo_verano» no existe.')
  await wizard.goOn('Continuar con 4 · quedan fuera 2 filas')
  await wizard.at('¿Qué les dices?')
  await expect(manager.getByLabel('La plantilla que dice cada fila')).toBeChecked()
  const preview = manager.getByRole('region', { name: 'Vista previa' })
  await expect(preview).toContainText('Hola Carla, esta semana tienes 20 % de descuento')
  await expect(preview).toContainText('Quiero saber más')
  await preview.getByRole('button', { name: 'Fila siguiente' }).click()
  await expect(preview).toContainText('Hola Íñigo, esta semana tienes 15 % de descuento')

  await wizard.goOn()
  await wizard.at('¿A dónde van las respuestas?')
  await manager.getByRole('radio', { name: /^Agente/ }).check()
  await manager.getByRole('combobox', { name: 'Correo del agente' }).fill('lila@aurora.example')
  await expect(manager.getByText('lila@aurora.example no tiene acceso al número que envía.')).toBeVisible()
  await expect(manager.getByRole('button', { name: /^Continuar/ })).toHaveAttribute('aria-disabled', 'true')
  await manager.getByRole('combobox', { name: 'Correo del agente' }).fill('nadie@aurora.example')
  await expect(manager.getByText('nadie@aurora.example no es agente de este espacio de trabajo.')).toBeVisible()
  await manager.getByRole('radio', { name: /^Según la planilla/ }).check()
  await wizard.goOn()

  await wizard.at('Última mirada antes de enviar')
  await manager.getByRole('link', { name: /Audiencia/ }).click()
  await expect(wizard.row(6)).toContainText('lila@aurora.example no tiene acceso al número que envía.')
  await expect(wizard.row(7)).toContainText('nadie@aurora.example no es agente de este espacio de trabajo.')
  await expect(manager.getByRole('button', { name: 'Continuar con 2 · quedan fuera 4 filas' })).toBeVisible()
  await manager.getByRole('link', { name: /Envío/ }).click()
  await wizard.send('Primavera', 2)
}

async function attach(agent: Page, files: ReturnType<typeof picture>[]): Promise<void> {
  const chooser = agent.waitForEvent('filechooser')
  await agent.getByRole('button', { name: 'Adjuntar' }).click()
  await (await chooser).setFiles(files)
  await expect(agent.getByRole('list', { name: 'Archivos para enviar' })).toContainText(files[0]!.name)
  await expect(agent.getByRole('button', { name: 'Enviar', exact: true })).toBeEnabled()
}

async function close(agent: Page, note: string): Promise<void> {
  await agent.getByRole('button', { name: 'Cerrar', exact: true }).click()
  const dialog = agent.getByRole('dialog', { name: 'Cerrar la atención de Carla Mota' })
  await dialog.getByLabel('Nota de cierre').fill(note)
  await dialog.getByRole('button', { name: 'Cerrar', exact: true }).last().click()
  await expect(dialog).toHaveCount(0)
}
