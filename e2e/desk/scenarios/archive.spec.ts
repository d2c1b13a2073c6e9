import { readFile } from 'node:fs/promises'
import { expect, test } from '../support/desk'
import { look } from '../support/screens'

test('B35: chosen tickets, or all that the filter shows, become a ZIP of PDFs; the bell tells when it is ready', async ({ signedIn }) => {
  test.setTimeout(120_000)
  const manager = await signedIn('manager', '/history')
  const rows = manager.getByRole('row')
  await expect(rows.nth(2)).toBeVisible()

  // By keyboard: two tickets, then the button.
  const boxes = manager.getByRole('checkbox', { name: /^Elegir la atención/ })
  for (const n of [0, 1]) {
    await boxes.nth(n).focus()
    await manager.keyboard.press('Space')
  }
  const selection = manager.getByRole('region', { name: 'Selección' })
  await expect(selection.getByRole('status')).toHaveText('2 elegidas')
  await look(manager, 'history-chosen', 'es')
  await manager.setViewportSize({ width: 1440, height: 900 })
  await selection.getByRole('button', { name: 'Preparar ZIP' }).click()
  await expect(manager.getByText('Tu ZIP se está preparando')).toBeVisible()
  await expect(selection).toHaveCount(0)

  // The bell tells, and leads to where the file is.
  await manager.goto('/desk')
  await manager.getByRole('button', { name: /^Notificaciones/ }).click()
  await manager.getByRole('button', { name: /Tu ZIP .* está listo en Historial/ }).click()
  await expect(manager).toHaveURL(/\/history/)
  const file = manager.getByRole('link', { name: /^recado-.*\.zip$/ })
  await look(manager, 'history-zip', 'es')
  await manager.setViewportSize({ width: 1440, height: 900 })
  const started = manager.waitForEvent('download')
  await file.click()
  const whole = await readFile(await (await started).path())
  expect(whole.subarray(0, 2).toString()).toBe('PK')
  expect(whole.toString('latin1').match(/recado-\d+\.pdf/g)!.length).toBe(4) // each stands before its bytes and in the list at the end

  // Nobody else gets it, though they may export.
  const address = await file.getAttribute('href')
  const owner = await signedIn('owner', '/history')
  expect((await owner.request.get(address!)).status()).toBe(404)

  // It is gone when its owner removes it.
  await manager.getByRole('button', { name: /^Eliminar recado-/ }).click()
  await expect(file).toHaveCount(0)
  expect((await manager.request.get(address!)).status()).toBe(404)
})

test('B33, B35: a ticket is found in the history, read, taken along as a PDF, and its message opened in the conversation', async ({ signedIn }) => {
  const manager = await signedIn('manager', '/history')
  await expect(manager.getByRole('row').nth(1)).toBeVisible()
  await manager.getByRole('row').nth(1).getByRole('button').click()
  const reader = manager.getByRole('dialog', { name: /^Atención #/ })
  const first = reader.getByRole('list', { name: 'Mensajes de la atención' }).getByRole('listitem').filter({ has: manager.getByRole('link', { name: /:/ }) }).first()
  const words = (await first.locator('.words').first().textContent())!.trim().slice(0, 40)
  const started = manager.waitForEvent('download')
  await reader.getByRole('button', { name: 'Descargar PDF' }).click()
  expect((await readFile(await (await started).path())).subarray(0, 5).toString()).toBe('%PDF-')
  await first.getByRole('link').first().click()
  await expect(manager).toHaveURL(/\/desk\/\d+/)
  await expect(manager.getByRole('log').locator('[data-id]', { hasText: words }).first()).toBeFocused()
})
