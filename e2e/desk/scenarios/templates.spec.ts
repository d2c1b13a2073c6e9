import { expect, test } from '../support/desk'

test('templates are found by name, opened with a preview, and read again', async ({ signedIn }) => {
  const page = await signedIn('manager')
  await page.goto('/campaigns')
  await page.goto('/campaigns/templates')
  const list = page.getByRole('list', { name: 'Plantillas', exact: true })
  await expect(list.getByRole('heading', { name: 'promo_primavera' })).toBeVisible()
  await page.getByLabel('Buscar por nombre o texto').fill('primavera')
  await expect(list.getByRole('heading')).toHaveCount(1)
  await list.getByRole('list', { name: 'promo_primavera' }).getByRole('button').first().click()
  await expect(page.getByRole('dialog', { name: 'promo_primavera' }).getByRole('figure')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Sincronizar ahora' }).click()
  await expect(page.getByText(/Nada cambió|plantillas? cambi/)).toBeVisible()
})
