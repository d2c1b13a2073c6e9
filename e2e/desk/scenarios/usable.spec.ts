import { startDemo } from '../support/processes'
import { conversation, expect, test } from '../support/desk'

test('from the command to a usable desk takes at most ten seconds', async ({ page }) => {
  const demo = await startDemo()
  try {
    await page.goto(demo.url)
    await page.getByRole('button', { name: /Ana Sosa/ }).click()
    await page.getByRole('button', { name: 'Entrar' }).click()
    await conversation(page, 'Camila Ríos').click()
    await expect(page.getByRole('log', { name: 'Mensajes' })).toContainText('¿tienen la chaqueta azul en talla M?')
    await expect(page.getByRole('log', { name: 'Mensajes' })).toContainText('Hola Camila, soy Ana.')
    expect(Date.now() - demo.since).toBeLessThan(10_000)
  } finally {
    demo.stop()
  }
})
