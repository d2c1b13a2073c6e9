import { expect, open, test, thread } from '../support/desk'

test('the desk has a window of its own, without the menu', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Ventana Propia', '5531985552911')
  await simulator.says(person, 'Ventas', '¿Me oyen?')
  const page = await signedIn('ana')
  await page.getByRole('button', { name: 'Mi cuenta' }).click()
  const [alone] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('menuitem', { name: 'Abrir la atención en otra ventana' }).click(),
  ])
  await expect(alone.getByRole('navigation', { name: 'Principal' })).toHaveCount(0)
  await open(alone, 'Ventana Propia')
  await expect(thread(alone, 'Ventana Propia').getByRole('log')).toContainText('¿Me oyen?')
  await alone.reload()
  await expect(alone.getByRole('navigation', { name: 'Principal' })).toHaveCount(0)
  await expect(page.getByRole('navigation', { name: 'Principal' })).toBeVisible()

  await alone.getByRole('button', { name: 'Mi cuenta' }).click()
  await alone.getByRole('menuitem', { name: 'Mostrar el menú' }).click()
  await expect(alone.getByRole('navigation', { name: 'Principal' })).toBeVisible()
})

test('Recado can be put on the home screen', async ({ signedIn }) => {
  const page = await signedIn('ana')
  const browser = await page.context().newCDPSession(page)
  const { url, errors } = await browser.send('Page.getAppManifest')
  expect(url).toContain('/recado.webmanifest')
  expect(errors).toEqual([])
  // A window of a test is private, and a private window installs nothing: that is all Chromium has against it.
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors')
  expect(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito')).toEqual([])
})
