import { expect, test } from '../support/desk'
import { Wizard } from '../support/wizard'

test('a campaign to one person, typed without a sheet', async ({ signedIn, simulator, handset }) => {
  test.setTimeout(90_000)
  const rita = await simulator.person('Rita Vega', '5531985550731')
  const manager = await signedIn('manager')
  const wizard = new Wizard(manager)
  await wizard.begin()
  await manager.getByRole('tab', { name: 'Un contacto' }).click()
  const to = manager.getByLabel('Para', { exact: true })

  await test.step('a wrong number is told like a row of a sheet', async () => {
    await to.fill('+55 31 98555')
    await to.press('Enter')
    await expect(manager.getByText('1 con error')).toBeVisible()
    await manager.screenshot({ path: 'output/audience-one-bad.png' })
    await manager.getByRole('button', { name: /^Quitar/ }).click()
  })

  await test.step('a good one goes on', async () => {
    await to.fill('+55 31 98555-0731')
    await to.press('Enter')
    await manager.getByRole('combobox', { name: 'Número que envía' }).selectOption({ label: 'Cobranzas · +54 9 11 5550-1003' })
    await wizard.goOn('Continuar con 1')
    await wizard.at('¿Qué les dices?')
    await manager.getByRole('radio', { name: /^recordatorio_pago/ }).check()
    for (const value of ['Rita', '1500', '30/11']) {
      const row = manager.getByRole('group').filter({ has: manager.getByLabel('Columna') }).first()
      await row.getByLabel('Sale de').selectOption({ label: 'Texto fijo' })
      await manager.getByLabel('Texto fijo', { exact: true }).last().fill(value)
    }
    await wizard.goOn()
    await wizard.at('¿A dónde van las respuestas?')
    await manager.getByRole('radio', { name: /^Cola/ }).check()
    await manager.getByRole('combobox', { name: 'Cola', exact: true }).selectOption('Cobranzas')
    await wizard.goOn()
    await wizard.send('Solo para Rita', 1)
    const phone = await handset(rita)
    await phone.open()
    await expect(phone.messages).toContainText('Hola Rita', { timeout: 15_000 })
  })
})
