import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../support/desk'
import { makeCampaign } from '../support/campaigns'
import { csv } from '../support/files'

const sheet = (name: string, people: string[][]) => csv(name, [['telefono', 'nombre'], ...people])

test('before sending: a limit per person and prices are set, and step 4 says who is left out, when it ends and what it costs', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/active-messages')
  const saved = owner.getByText('Cambios guardados')

  await test.step('at most one promotion a week, and prices read from a CSV, with one key', async () => {
    await owner.getByLabel('Limitar cuántas veces se escribe a una persona').check()
    await owner.getByLabel('Mensajes por persona').fill('1')
    await owner.getByLabel('Moneda').fill('usd')
    const file = owner.locator('input[type=file]')
    await file.setInputFiles(csv('mal.csv', [['país', 'categoría', 'precio'], ['UY', 'marketing', 'gratis']]))
    await expect(owner.getByText('La fila 2 no sirve')).toBeVisible()
    await file.setInputFiles(csv('precios.csv', [['país', 'categoría', 'precio'], ['BR', 'marketing', '0,0625'], ['+1', 'marketing', '0.025']]))
    await expect(owner.getByLabel('Precio por mensaje')).toHaveCount(2)
    await owner.keyboard.press('Control+s')
    await expect(saved).toBeVisible()
    await owner.reload()
    await expect(owner.getByLabel('Precio por mensaje').first()).toHaveValue('0.025')
    await expect(owner.getByLabel('Moneda')).toHaveValue('USD')
  })

  const manager = await signedIn('manager')
  await makeCampaign(manager.request, 'Primera', sheet('una.csv', [['+55 31 98555-1051', 'Vera Mar']]), true)
  const people = [
    ['+55 31 98555-1051', 'Vera Mar'],
    ['+55 31 98555-1052', 'Luis Mar'],
    ['+1 212 555 0143', 'Ann Sea'],
    ['+598 99 123 943', 'Sol Mar'],
  ]
  const id = await makeCampaign(manager.request, 'Segunda', sheet('cuatro.csv', people), false)

  await test.step('step 4 names the reason, the end and the cost', async () => {
    await manager.goto(`/campaigns/${id}/edit/send`)
    const run = manager.locator('section', { has: manager.getByRole('heading', { name: 'Ensayo', exact: true }) }).first()
    await expect(run.getByText(/Los mensajes de 3 personas salen hasta/)).toBeVisible()
    await expect(run).toContainText('A esta persona ya se le escribió tantas veces como permite el límite por persona.')
    const cost = run.getByRole('table')
    await expect(cost.getByRole('row').filter({ hasText: 'Brasil' })).toContainText(/0,0625/)
    await expect(cost.getByRole('row').filter({ hasText: 'Uruguay' })).toContainText('Sin precio')
    await expect(run.getByText(/0,0875/)).toBeVisible()
    await expect(run.getByText('No se conoce el precio para 1 persona.')).toBeVisible()
    expect((await new AxeBuilder({ page: manager }).analyze()).violations).toEqual([])
  })

  await test.step('the person at the limit is named by the sheet', async () => {
    await manager.goto(`/campaigns/${id}/edit/audience`)
    const row = manager.getByRole('row').filter({ hasText: 'Vera Mar' })
    await expect(row).toContainText('A esta persona ya se le escribió tantas veces')
  })

  await test.step('the limit and the prices go again, for those who come after', async () => {
    await owner.getByLabel('Limitar cuántas veces se escribe a una persona').uncheck()
    await owner.getByRole('button', { name: /^Quitar el precio/ }).first().click()
    await owner.getByRole('button', { name: /^Quitar el precio/ }).first().click()
    await owner.keyboard.press('Control+s')
    await expect(saved).toBeVisible()
  })
})
