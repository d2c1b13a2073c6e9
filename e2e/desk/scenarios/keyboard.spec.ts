import type { Page } from '@playwright/test'
import { emailOf, expect, open, test, thread } from '../support/desk'
import { csv } from '../support/files'
import { password } from '../support/processes'
import { Wizard } from '../support/wizard'

test('a ticket is answered and closed with the keyboard alone', async ({ page, simulator }) => {
  const person = await simulator.person('Sin Ratón', '525555550501')
  await simulator.says(person, 'Cobranzas', '¿Puedo pagar en dos cuotas?')
  await page.goto('/sign-in')
  await tabTo(page, 'Correo')
  await page.keyboard.type(emailOf('luis'))
  await tabTo(page, 'Contraseña')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('tab', { name: /^Mías/ })).toBeVisible()

  await tabTo(page, /^Mías/)
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('option', { name: /Sin Ratón/ })).toBeVisible()
  await page.keyboard.press('/')
  await page.keyboard.type('Sin Rat')
  await expect(page.getByRole('option')).toHaveCount(1)
  await tabTo(page, /Sin Ratón/)
  await page.keyboard.press('Enter')
  await expect(thread(page, 'Sin Ratón').getByRole('log')).toContainText('¿Puedo pagar en dos cuotas?')

  await page.keyboard.press('r')
  await page.keyboard.type('Sí, en dos.')
  await page.keyboard.press('Enter')
  await expect(thread(page, 'Sin Ratón').getByRole('log')).toContainText('Sí, en dos.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog', { name: 'Cerrar la atención de Sin Ratón' })
  await expect(dialog).toBeVisible()
  await tabTo(page, 'Nota de cierre')
  await page.keyboard.type('Paga en dos cuotas.')
  await page.keyboard.press('Control+Enter')
  await expect(dialog).toHaveCount(0)
  await expect(page.getByText('Atención de Sin Ratón cerrada')).toBeVisible()
})

test('the composer is three tabs away from a loaded page', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Tres Pasos', '5531985550954')
  await simulator.says(person, 'Ventas', 'Hola')
  const agent = await signedIn('ana')
  await open(agent, 'Tres Pasos')
  await agent.reload()
  await expect(thread(agent, 'Tres Pasos').getByRole('log')).toContainText('Hola')
  for (let n = 0; n < 3; n++) await agent.keyboard.press('Tab')
  await expect(agent.getByRole('link', { name: 'Ir a escribir' })).toBeFocused()
  await agent.keyboard.press('Enter')
  await agent.keyboard.type('Ya llegué')
  await expect(agent.getByRole('textbox', { name: 'Mensaje', exact: true })).toHaveValue('Ya llegué')
})

test('a campaign is made from a sheet and sent with the keyboard alone', async ({ signedIn }) => {
  test.setTimeout(90_000)
  const page = await signedIn('manager', '/campaigns')
  const wizard = new Wizard(page)
  const ready = () => expect(page.getByRole('button', { name: /^Continuar/ })).toBeEnabled()
  await expect(page.getByRole('button', { name: 'Nueva campaña' }).first()).toBeVisible()
  await page.keyboard.press('n')
  await wizard.at('¿A quién escribes?')
  await tabTo(page, 'Elegir archivo')
  const chooser = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (
    await chooser
  ).setFiles(
    csv('teclado.csv', [
      ['telefono', 'remitente', 'plantilla', 'nombre', '{{1}}', '{{2}}', 'agente_email'],
      ['+55 31 98555-3551', 'Ventas', 'promo_primavera', 'Tecla Mota', 'Tecla', '20 %', 'ana@aurora.example'],
    ]),
  )
  await expect(wizard.row(2)).toContainText('Lista')
  await ready()
  await page.keyboard.press('Control+Enter')
  await wizard.at('¿Qué les dices?')
  await ready()
  await page.keyboard.press('Control+Enter')
  await wizard.at('¿A dónde van las respuestas?')
  await tabTo(page, /^Agente/)
  const byRow = page.getByRole('radio', { name: /^Según la planilla/ })
  for (let n = 0; n < 8 && !(await byRow.isChecked()); n++) await page.keyboard.press('ArrowDown')
  await expect(byRow).toBeChecked()
  await ready()
  await page.keyboard.press('Control+Enter')
  await wizard.at('Última mirada antes de enviar')
  await tabTo(page, 'Nombre de la campaña')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Solo con teclas')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('dialog', { name: '¿Enviar ahora?' })).toBeVisible()
  await tabTo(page, 'Enviar a 1')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Solo con teclas' })).toBeVisible()
  await expect(page.getByText('Terminada', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
})

/** tabTo presses Tab until what has the focus is called so; a person would give up after forty. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press('Tab')
    const focused = page.locator(':focus')
    if ((await focused.count()) === 0) continue
    const called = await focused.evaluate(
      (element) =>
        (element as HTMLInputElement).labels?.[0]?.textContent?.trim() ||
        element.getAttribute('aria-label') ||
        element.textContent?.trim() ||
        '',
    )
    if (typeof name === 'string' ? called === name : name.test(called)) return
  }
  throw new Error(`forty tabs did not reach ${name}`)
}
