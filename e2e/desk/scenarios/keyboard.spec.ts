import type { Page } from '@playwright/test'
import { emailOf, expect, open, test, thread } from '../support/desk'
import { password } from '../support/processes'

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
