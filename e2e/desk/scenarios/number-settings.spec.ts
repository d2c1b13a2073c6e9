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

test('what agents may is taken away on a number while a ticket and the dialog are open, and given back (B170)', async ({ signedIn, simulator }) => {
  await simulator.says(await simulator.person('Sin Traspaso', '5531985553620'), 'Ventas', '¿Me pasas con otra persona?')
  const ana = await signedIn('ana')
  await open(ana, 'Sin Traspaso')
  const transfer = ana.getByRole('region', { name: /^Conversación con/ }).getByRole('button', { name: /^Transferir/ })
  await transfer.click()
  const box = ana.getByRole('dialog', { name: 'Transferir', exact: true })
  await expect(box.getByRole('heading', { name: 'Colas' })).toBeVisible()

  const owner = await signedIn('owner', '/settings/attention')
  await scope(owner, 'Ventas')
  const own = (name: string) => owner.getByRole('group', { name, exact: true })
  const apart = async (name: string) => {
    await own(name).getByRole('checkbox', { name: 'Como la empresa: Permitido' }).uncheck()
    await own(name).getByRole('checkbox', { name, exact: true }).uncheck()
  }
  try {
    await apart('Los agentes pueden transferir a colas')
    await owner.keyboard.press('Control+s')
    await expect(owner.getByText('Cambios guardados').first()).toBeVisible()
    await expect(box.getByRole('heading', { name: 'Colas' })).toHaveCount(0)
    await expect(box.getByRole('list', { name: 'Agentes' })).toBeVisible()

    for (const name of ['Los agentes pueden transferir a otros agentes', 'Los agentes pueden transferir a otro número', 'Los agentes pueden escribir primero']) await apart(name)
    await owner.keyboard.press('Control+s')
    await expect(box).toHaveCount(0)
    await expect(transfer).toBeDisabled()
    await expect(transfer).toHaveAccessibleName('Transferir En este número no se transfieren atenciones.')
  } finally {
    for (const group of await owner.getByRole('group', { name: /^Los agentes pueden/ }).all()) await group.getByRole('checkbox', { name: 'Como la empresa: Permitido' }).check()
    await owner.keyboard.press('Control+s')
    await expect(transfer).toBeEnabled()
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

const first = 'Saludo del primer contacto'
/** greeting is how the chatbot of a number meets people. */
async function greeting(page: Page, number: string): Promise<string> {
  await page.goto('/settings/chatbot')
  await page.getByRole('link', { name: number, exact: true }).click()
  return page.getByRole('textbox', { name: first }).inputValue()
}

test('two numbers are edited at once from a reference number, with the differences shown, and it is undone', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/chatbot')
  const before = { Soporte: await greeting(owner, 'Soporte'), Cobranzas: await greeting(owner, 'Cobranzas') }
  await owner.goto('/settings/chatbot')
  await owner.getByRole('checkbox', { name: 'Elegir Cobranzas' }).check()
  await owner.getByRole('checkbox', { name: 'Elegir Soporte' }).check()
  await owner.getByRole('button', { name: 'Editar 2 números' }).click()
  const asked = owner.getByRole('dialog', { name: 'Número de referencia' })
  await expect(asked.getByRole('radio', { name: 'No utilizar un número como referencia' })).toBeChecked()
  await asked.getByRole('radio', { name: /^Cobranzas/ }).check()
  await asked.getByRole('button', { name: 'Continuar' }).click()
  await expect(owner.getByText('Modelo: Cobranzas · editando 2 números')).toBeVisible()
  await expect(owner.getByRole('tab')).toHaveCount(6)
  await owner.getByRole('textbox', { name: first }).fill('Hola de parte de los dos números.')
  await expect(owner.getByRole('tab', { name: /^Flujo de conversación ●/ })).toBeVisible()
  await owner.keyboard.press('Control+s')
  const dialog = owner.getByRole('dialog', { name: 'Diferencias en 2 números' })
  await expect(dialog.getByText('Hola de parte de los dos números.').first()).toBeVisible()
  await dialog.getByRole('button', { name: /^Aplicar a 2 números/ }).click()
  await expect(owner.getByText('Cambiado en 2 números')).toBeVisible()

  const journal = owner.getByRole('list', { name: 'Historial de cambios' }).getByRole('listitem')
  await expect(journal.first()).toContainText('a partir de Cobranzas')
  expect(await greeting(owner, 'Soporte')).toBe('Hola de parte de los dos números.')
  await owner.goto('/settings/chatbot')
  await journal.first().getByRole('button', { name: /^Diferencias/ }).click()
  await expect(journal.first().getByText('Hola de parte de los dos números.').first()).toBeVisible()
  await journal.first().getByRole('button', { name: /^Deshacer/ }).click()
  await expect(owner.getByText('Deshecho en 2 números')).toBeVisible()
  expect(await greeting(owner, 'Soporte')).toBe(before.Soporte)
  expect(await greeting(owner, 'Cobranzas')).toBe(before.Cobranzas)
})

test('without a reference only what was touched is written', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/chatbot')
  await owner.getByRole('checkbox', { name: 'Elegir Cobranzas' }).check()
  await owner.getByRole('checkbox', { name: 'Elegir Soporte' }).check()
  await owner.getByRole('button', { name: 'Editar 2 números' }).press('Enter')
  await owner.getByRole('button', { name: 'Continuar' }).click()
  await expect(owner.getByText('Sin número de referencia · editando 2 números')).toBeVisible()
  await owner.getByRole('tab', { name: /^Atención/ }).click()
  await owner.getByRole('textbox', { name: 'Antes de la atención' }).fill('Ya te leemos.')
  await owner.getByRole('button', { name: 'Ver diferencias' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Diferencias en 2 números' })
  await expect(dialog.getByText('1 diferencia')).toHaveCount(2)
  await dialog.getByRole('button', { name: /^Aplicar a 2 números/ }).click()
  await expect(owner.getByText('Cambiado en 2 números')).toBeVisible()
  const journal = owner.getByRole('list', { name: 'Historial de cambios' }).getByRole('listitem')
  await journal.first().getByRole('button', { name: /^Deshacer/ }).click()
  await expect(owner.getByText('Deshecho en 2 números')).toBeVisible()
})

test('settings of a number are copied to another one, and it is undone', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/attention')
  await scope(owner, 'Cobranzas')
  const minutes = owner.getByRole('group', { name: 'Minutos para la primera respuesta' })
  await minutes.getByRole('checkbox', { name: /^Como la empresa/ }).uncheck()
  await minutes.getByRole('spinbutton').fill('45')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Cambios guardados')).toBeVisible()

  await owner.getByRole('button', { name: 'Más', exact: true }).first().click()
  await owner.getByRole('menuitem', { name: 'Copiar a otros números' }).click()
  await expect(owner.getByRole('combobox', { name: 'Número' }).locator('option:checked')).toHaveText('Cobranzas')
  await expect(owner.getByRole('checkbox', { name: /^Atención/ })).toBeChecked()
  await owner.getByRole('checkbox', { name: /^Soporte/ }).check()
  await owner.getByRole('button', { name: 'Ver diferencias' }).click()
  const dialog = owner.getByRole('dialog', { name: 'Diferencias en 1 número' })
  await expect(dialog).toContainText('45 minutos')
  await dialog.getByRole('button', { name: 'Copiar a 1 número' }).click()
  await expect(owner.getByText('Cambiado en 1 número')).toBeVisible()
  const journal = owner.getByRole('list', { name: 'Historial de cambios' }).getByRole('listitem')
  await expect(journal.first()).toContainText('copiado de Cobranzas')
  await journal.first().getByRole('button', { name: /^Deshacer/ }).click()
  await expect(owner.getByText('Deshecho en 1 número')).toBeVisible()
  await expect(journal.nth(2)).toContainText('Cobranzas')
  await journal.nth(2).getByRole('button', { name: /^Deshacer/ }).click()
  await expect(journal.first()).toContainText('deshecho')
})
