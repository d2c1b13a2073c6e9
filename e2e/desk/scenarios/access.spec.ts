import { emailOf, expect, test } from '../support/desk'

test('a wrong password is limited after five times, with words', async ({ page }) => {
  await page.goto('/sign-in')
  for (let n = 0; n < 5; n++) {
    await page.getByLabel('Correo').fill(emailOf('bia'))
    await page.getByLabel('Contraseña', { exact: true }).fill('no es esta')
    const answer = page.waitForResponse((one) => one.url().endsWith('/session') && one.request().method() === 'POST')
    await page.getByRole('button', { name: 'Entrar' }).click()
    await answer
    await expect(page.getByRole('alert')).toHaveText('El correo o la contraseña no coinciden. Revísalos e inténtalo de nuevo.')
  }
  await page.getByRole('button', { name: 'Entrar' }).click()
  await expect(page.getByRole('alert')).toContainText(/Demasiados intentos fallidos\. Inténtalo de nuevo en \d+ minutos/)
})

test('without permission for campaigns there is no entry, and their address is refused with words', async ({ signedIn }) => {
  const agent = await signedIn('ana')
  const menu = agent.getByRole('navigation', { name: 'Principal' })
  await expect(menu.getByRole('link', { name: 'Desk' })).toBeVisible()
  await expect(menu.getByRole('link', { name: 'Mensajes activos' })).toHaveCount(0)
  for (const path of ['/campaigns', '/campaigns/new']) {
    await agent.goto(path)
    await expect(agent.getByText('Quien administra los miembros puede darte acceso.')).toBeVisible()
  }
  const answer = await agent.request.get('/api/v1/campaigns')
  expect(answer.status()).toBe(403)
})
