import { fileURLToPath } from 'node:url'
import { conversation, expect, test, thread, view } from '../support/desk'
import { Wizard } from '../support/wizard'

/** A workbook saved by LibreOffice, whose phone numbers are number cells. */
const workbook = fileURLToPath(new URL('../testdata/agenda.xlsx', import.meta.url))

test('an XLSX campaign sends replies to a queue, and another one to the bot', async ({ signedIn, simulator, handset }) => {
  test.setTimeout(120_000)
  const valeria = await simulator.person('Valeria Sosa', '5491155550301')
  const tomas = await simulator.person('Tomás Gil', '5491155550302')
  const wizard = new Wizard(await signedIn('manager'))

  await test.step('replies of the first one wait in the queue of collections', async () => {
    await prepare(wizard, 'Cobranzas')
    await wizard.page.getByRole('radio', { name: /^Cola/ }).check()
    await wizard.page.getByRole('combobox', { name: 'Cola', exact: true }).selectOption('Cobranzas')
    await wizard.goOn()
    await wizard.send('Cuotas', 2)
    const phone = await handset(valeria)
    await phone.open()
    await expect(phone.messages).toContainText('Hola Valeria, la cuota de $ 1500 vence el 30/11.', { timeout: 15_000 })
    await phone.taps('Vamos a conversar')

    const agent = await signedIn('luis')
    await view(agent, 'Cola')
    await conversation(agent, 'Valeria Sosa').click()
    await expect(thread(agent, 'Valeria Sosa')).toContainText('Va a la cola Cobranzas')
    await thread(agent, 'Valeria Sosa').getByRole('button', { name: 'Asignar', exact: true }).click()
    await agent.getByRole('button', { name: /\bYo\b/ }).click()
    await view(agent, 'Mías')
    await expect(conversation(agent, 'Valeria Sosa')).toBeVisible()
  })

  await test.step('replies of the second one start the bot of the number', async () => {
    await wizard.page.goto('/desk')
    await prepare(wizard, 'Soporte')
    await wizard.page.getByRole('radio', { name: /^Bot/ }).check()
    await wizard.goOn()
    await wizard.send('Cuotas con bot', 2)
    const phone = await handset(tomas)
    await expect(async () => {
      await phone.open()
      await expect(phone.page.getByRole('combobox', { name: 'Número de la empresa' })).toHaveValue('2090010010010012')
    }).toPass({ timeout: 20_000 })
    await phone.taps('Ya pagué')
    await expect(phone.messages).toContainText('Hola, soy el asistente de Tienda Aurora.', { timeout: 15_000 })
    await phone.taps('Pagos')
    await expect(phone.messages).toContainText('Te comunico con el equipo.', { timeout: 15_000 })
  })
})

/** prepare goes to the third step with the template chosen by hand and one sender for all. */
async function prepare(wizard: Wizard, sender: string): Promise<void> {
  await wizard.begin()
  await wizard.sheet(workbook)
  await wizard.page.getByRole('combobox', { name: 'Número que envía' }).selectOption({ label: senderLabels[sender]! })
  await wizard.goOn('Continuar con 2')
  await wizard.at('¿Qué les dices?')
  await wizard.page.getByRole('radio', { name: /^recordatorio_pago/ }).check()
  await expect(wizard.page.getByRole('region', { name: 'Vista previa' })).toContainText('Hola Valeria, la cuota de $ 1500 vence el 30/11.')
  await wizard.goOn()
  await wizard.at('¿A dónde van las respuestas?')
}

const senderLabels: Record<string, string> = {
  Cobranzas: 'Cobranzas · +54 9 11 5550-1003',
  Soporte: 'Soporte · +52 55 5550 1002',
}
