import type { Page } from '@playwright/test'
import { composer, expect, open, test } from '../support/desk'

/** scope shows the attention of a number, or of the company. */
const scope = (page: Page, label: string) => page.getByRole('combobox', { name: 'Vale para' }).selectOption({ label })

test('the attention of one number is set apart, asked for at its desk, and as the company again', async ({ signedIn, simulator }) => {
  const owner = await signedIn('owner', '/settings/attention')
  await scope(owner, 'Ventas')
  await expect(owner.getByRole('heading', { name: 'Atención de Ventas', level: 1 })).toBeVisible()
  const tags = owner.getByRole('group', { name: 'Exigir al menos una etiqueta' })
  await expect(tags.getByRole('checkbox')).toBeChecked()
  await tags.getByRole('checkbox', { name: 'Como la empresa: No obligatoria' }).uncheck()
  await tags.getByRole('checkbox', { name: 'Exigir al menos una etiqueta' }).check()
  await expect(owner.getByText('1 cambio')).toBeVisible()
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Cambios guardados')).toBeVisible()
  try {
    const ana = await signedIn('ana')
    const luis = await signedIn('luis')
    for (const [page, name, phone, number, asked] of [
      [ana, 'Con Etiqueta', '5531985553101', 'Ventas', true],
      [luis, 'Sin Etiqueta', '5531985553102', 'Cobranzas', false],
    ] as const) {
      await simulator.says(await simulator.person(name, phone), number, 'Gracias')
      await open(page, name)
      await composer(page).fill('A ti')
      await composer(page).press('Enter')
      await page.getByRole('region', { name: /^Conversación con/ }).getByRole('button', { name: 'Cerrar', exact: true }).click()
      const sheet = page.getByRole('dialog', { name: 'Cerrar la atención de ' + name })
      await sheet.getByRole('button', { name: 'Cerrar', exact: true }).last().click()
      if (asked) {
        await expect(sheet).toBeVisible()
        await expect(sheet.locator('#close-tags').getByRole('alert')).toBeVisible()
        await page.keyboard.press('Escape')
      } else await expect(sheet).toHaveCount(0)
    }
  } finally {
    await tags.getByRole('checkbox', { name: 'Como la empresa: No obligatoria' }).check()
    await owner.keyboard.press('Control+s')
    await expect(owner.getByText('1 cambio')).toHaveCount(0)
  }
})

test('a label is added by Enter and kept by Save (B171)', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/attention')
  const fresh = owner.getByRole('textbox', { name: 'Nueva etiqueta' })
  await fresh.fill('Prueba B171')
  await fresh.press('Enter')
  await expect(owner.getByText('1 cambio')).toBeVisible()
  await owner.reload()
  await expect(fresh).toBeVisible()
  await expect(owner.getByRole('textbox', { name: 'Nombre de Prueba B171' })).toHaveCount(0)
  await fresh.fill('Prueba B171')
  await fresh.press('Enter')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Cambios guardados')).toBeVisible()
  await owner.reload()
  await owner.getByRole('button', { name: 'Borrar la etiqueta Prueba B171' }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Borrar etiqueta', exact: true }).click()
  await expect(owner.getByRole('textbox', { name: 'Nombre de Prueba B171' })).toHaveCount(0)
})
