import { expect, test } from '../support/desk'
import { shots } from '../support/screens'

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

test('the templates say which can be created and which are refused', async ({ signedIn }) => {
  const page = await signedIn('manager', '/campaigns/templates')
  await page.getByRole('link', { name: 'Qué plantillas se pueden crear' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Qué plantillas se pueden crear' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('{{1}}, {{2}}, en orden desde el uno, o con nombre, como {{nombre}}.')
  await expect(page.getByRole('heading', { name: 'Por qué se rechaza' })).toBeVisible()
  await page.screenshot({ path: `${shots}template-guide.png`, fullPage: true })
  await page.getByRole('link', { name: 'Crear una plantilla' }).click()
  await expect(page).toHaveURL(/templates\/new$/)
})
