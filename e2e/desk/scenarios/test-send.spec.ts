import AxeBuilder from '@axe-core/playwright'
import { makeCampaign } from '../support/campaigns'
import { expect, test } from '../support/desk'
import { csv } from '../support/files'

test('a test of a campaign goes to the number typed, with the first row, and no list counts it', async ({ signedIn, simulator }) => {
  const me = await simulator.person('Marcos Prueba', '5531985552031')
  const page = await signedIn('manager')
  const people = csv('dos.csv', [['telefono', 'nombre'], ['+55 31 98555-2032', 'Vera Uno'], ['+55 31 98555-2033', 'Luis Dos']])
  const id = await makeCampaign(page.request, 'Otoño con prueba', people, false)
  await page.goto(`/campaigns/${id}/edit/send`)
  const button = page.getByRole('button', { name: 'Enviar prueba' })
  await button.click()
  await expect(page.getByText('Escribe un número con el código de país.')).toBeVisible()
  await page.getByLabel('Mi número').fill('12')
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Mi número')).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Mi número').fill('+55 31 98555-2031')
  await page.keyboard.press('Enter')
  await expect(page.getByText(/^En camino a \+55 31 98555-2031/)).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  await expect.poll(async () => (await simulator.thread(me, 'Ventas')).length, { timeout: 15_000 }).toBe(1)
  await page.goto('/campaigns?q=oto%C3%B1o+con+prueba')
  await expect(page.getByText('Otoño con prueba', { exact: true }).first()).toBeVisible()
  await expect(page.getByText('Prueba: Otoño con prueba')).toHaveCount(0)
  await page.goto('/campaigns?q=oto%C3%B1o+con+prueba&origin=test')
  await expect(page.getByText('Prueba: Otoño con prueba').first()).toBeVisible()
})
