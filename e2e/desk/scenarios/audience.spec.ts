import { conversation, expect, test, thread, view } from '../support/desk'
import { shots } from '../support/screens'
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
    await manager.screenshot({ path: `${shots}audience-one-bad.png` })
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
      const row = manager
        .getByRole('group')
        .filter({ has: manager.getByLabel('Columna') })
        .first()
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

test('a segment saved on Contacts gets a campaign, and its answers come', async ({ signedIn, simulator, handset }) => {
  test.setTimeout(120_000)
  const vera = await simulator.person('Segmenta Vera', '5531985550732')
  const manager = await signedIn('manager', '/contacts')

  await test.step('the filter of the contacts becomes a segment', async () => {
    for (const [name, phone] of [
      ['Segmenta Vera', '+55 31 98555-0732'],
      ['Segmenta Saúl', '+55 31 98555-0733'],
    ] as const) {
      await manager.getByRole('button', { name: 'Nuevo contacto' }).first().click()
      const dialog = manager.getByRole('dialog', { name: 'Nuevo contacto' })
      await dialog.getByLabel('Teléfono').fill(phone)
      await dialog.getByLabel('Nombre').fill(name)
      await dialog.getByRole('button', { name: 'Crear', exact: true }).click()
      await expect(dialog).toHaveCount(0)
      await manager.goto('/contacts')
    }
    await manager.getByLabel('Nombre', { exact: true }).fill('segmenta')
    await expect(manager.getByRole('link', { name: 'Segmenta Saúl' })).toBeVisible()
    await manager.getByRole('button', { name: 'Guardar como segmento' }).click()
    const dialog = manager.getByRole('dialog', { name: 'Guardar como segmento' })
    await dialog.getByLabel('Nombre del segmento').fill('Personas Segmenta')
    await dialog.getByRole('button', { name: 'Guardar', exact: true }).click()
    await expect(manager.getByRole('button', { name: 'Personas Segmenta', exact: true })).toHaveAttribute('aria-pressed', 'true')
    await manager.screenshot({ path: `${shots}audience-segments.png` })
    await manager.getByRole('button', { name: 'Personas Segmenta', exact: true }).click()
    await expect(manager.getByLabel('Nombre', { exact: true })).toHaveValue('')
  })

  await test.step('the campaign goes to it, with names from the contacts', async () => {
    const wizard = new Wizard(manager)
    await wizard.begin()
    await manager.getByRole('tab', { name: 'Segmento guardado' }).click()
    await manager.getByRole('combobox', { name: 'Segmento' }).selectOption('Personas Segmenta')
    await expect(manager.getByText('2 personas ahora')).toBeVisible()
    await manager.getByRole('combobox', { name: 'Número que envía' }).selectOption({ label: 'Cobranzas · +54 9 11 5550-1003' })
    await expect(manager.getByRole('button', { name: 'Continuar con 2' })).toBeVisible()
    await manager.screenshot({ path: `${shots}audience-wizard.png` })
    await wizard.goOn('Continuar con 2')
    await wizard.at('¿Qué les dices?')
    await manager.getByRole('radio', { name: /^recordatorio_pago/ }).check()
    for (const value of ['', '1500', '30/11']) {
      const row = manager
        .getByRole('group')
        .filter({ has: manager.getByLabel('Columna') })
        .first()
      await row.getByLabel('Sale de').selectOption({ label: value ? 'Texto fijo' : 'Dato del contacto' })
      if (value) await manager.getByLabel('Texto fijo', { exact: true }).last().fill(value)
    }
    await wizard.goOn()
    await wizard.at('¿A dónde van las respuestas?')
    await manager.getByRole('radio', { name: /^Cola/ }).check()
    await manager.getByRole('combobox', { name: 'Cola', exact: true }).selectOption('Cobranzas')
    await wizard.goOn()
    await wizard.send('A mi segmento', 2)
  })

  await test.step('who answers comes to the queue', async () => {
    const phone = await handset(vera)
    await phone.open()
    await expect(phone.messages).toContainText('Hola Segmenta Vera, la cuota de $ 1500', { timeout: 15_000 })
    await phone.taps('Vamos a conversar')
    const agent = await signedIn('luis')
    await view(agent, 'Cola')
    await conversation(agent, 'Segmenta Vera').click()
    await expect(thread(agent, 'Segmenta Vera')).toContainText('Va a la cola Cobranzas')
  })
})
