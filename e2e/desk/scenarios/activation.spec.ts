import type { Page } from '@playwright/test'
import { conversation, expect, test, thread, view } from '../support/desk'
import { look } from '../support/screens'

/** drawer opens the templates of a conversation and looks for one. */
async function drawer(page: Page, who: string, name: string): Promise<void> {
  await view(page, 'Equipo')
  await conversation(page, who).click()
  await thread(page, who).getByRole('button', { name: /^Plantilla/ }).click()
  await page.getByRole('searchbox').last().fill(name)
}

test('templates are switched off on two numbers after a question, agents are not offered them, and it is undone', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Irma Activación', '5531985552021')
  await simulator.says(person, 'Cobranzas', 'Hola, una consulta')
  const page = await signedIn('manager', '/settings/template-activation')
  await page.getByRole('checkbox', { name: 'Elegir Cobranzas' }).check()
  await page.getByRole('checkbox', { name: 'Elegir Soporte' }).check()
  await page.getByRole('button', { name: 'Editar 2 números' }).click()
  const list = page.getByRole('list', { name: 'Plantillas', exact: true })
  await page.getByRole('searchbox').fill('primavera')
  await list.getByRole('checkbox', { name: 'promo_primavera (es)' }).uncheck()
  await look(page, 'activation-edit', 'es')
  await page.getByRole('button', { name: 'Guardar cambios' }).click()
  const dialog = page.getByRole('dialog', { name: '¿Aplicar a 2 números?' })
  await expect(dialog.getByRole('listitem')).toHaveText([/Cobranzas/, /Soporte/])
  await dialog.getByRole('button', { name: 'Aplicar a 2 números' }).click()
  await expect(page.getByText('Aplicado a 2 números.')).toBeVisible()
  await expect(page.getByRole('row', { name: /Cobranzas/ })).toContainText('Marcos Luna')

  const desk = await signedIn('manager')
  await drawer(desk, 'Irma Activación', 'primavera')
  await expect(desk.getByRole('button', { name: /promo_primavera/ })).toHaveCount(0)
  const { items: templates } = (await (await desk.request.get('/api/v1/templates')).json()) as { items: { id: string; name: string; language: string; inbox_ids: string[]; unused_inbox_ids: string[] }[] }
  const promo = templates.find((one) => one.name === 'promo_primavera' && one.language === 'es' && one.unused_inbox_ids.length > 0)!
  const refused = await desk.request.post('/api/v1/active-messages', {
    data: { inbox_id: promo.unused_inbox_ids[0], template_id: promo.id, to: [{ phone: '+55 31 98555-2021' }] },
  })
  expect(refused.status()).toBe(422)
  expect(((await refused.json()) as { code: string }).code).toBe('template.inactive')

  await page.getByRole('button', { name: 'Deshacer' }).click()
  await expect(page.getByText('Los números quedaron como estaban.')).toBeVisible()
  await desk.reload()
  await drawer(desk, 'Irma Activación', 'primavera')
  await expect(desk.getByRole('button', { name: /promo_primavera/ }).first()).toBeVisible()
})

test('a number takes the choice of another as its model', async ({ signedIn }) => {
  const page = await signedIn('manager', '/settings/template-activation')
  const list = page.getByRole('list', { name: 'Plantillas', exact: true })
  await page.getByRole('button', { name: 'Editar Soporte' }).click()
  await list.getByRole('checkbox', { name: 'promo_primavera (es)' }).uncheck()
  await page.getByRole('button', { name: 'Guardar cambios' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Aplicar a 1 número' }).click()
  await expect(page.getByText('Aplicado a 1 número.')).toBeVisible()
  await page.getByRole('button', { name: 'Editar Cobranzas' }).click()
  await page.getByLabel('Número de referencia').selectOption({ label: 'Soporte' })
  await expect(list.getByRole('checkbox', { name: 'promo_primavera (es)' })).not.toBeChecked()
  await page.getByRole('button', { name: 'Volver a los números' }).click()
  await page.getByRole('button', { name: 'Editar Soporte' }).click()
  await page.getByRole('button', { name: 'Activar las que se ven', exact: true }).click()
  await page.getByRole('button', { name: 'Guardar cambios' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Aplicar a 1 número' }).click()
  await expect(page.getByText('Aplicado a 1 número.').last()).toBeVisible()
})
