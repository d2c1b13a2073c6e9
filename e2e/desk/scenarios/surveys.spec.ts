import type { Page } from '@playwright/test'
import { composer, conversation, expect, open, test, thread, view } from '../support/desk'

/** action is a button of the open conversation. */
const action = (page: Page, name: string) => page.getByRole('region', { name: /^Conversación con/ }).getByRole('button', { name, exact: true })

async function replies(page: Page, words: string): Promise<void> {
  await composer(page).fill(words)
  await composer(page).press('Enter')
  await expect(page.getByRole('log')).toContainText(words)
}

test('a satisfaction survey is made, follows a service, is answered on the handset, and shows its result', async ({
  signedIn,
  simulator,
  handset,
}) => {
  test.setTimeout(120_000)
  const owner = await signedIn('owner', '/surveys')
  await owner.getByRole('link', { name: 'Nueva: satisfacción (CSAT)' }).click()
  const name = owner.getByRole('textbox', { name: 'Nombre para el equipo' })
  await expect(name).toHaveValue('Satisfacción con la atención')
  await name.fill('Satisfacción de Ventas')
  await owner.getByRole('checkbox', { name: 'Preguntar primero si quiere responder' }).check()

  const phone = owner.getByRole('region', { name: 'Probar como cliente' })
  const screen = phone.getByRole('log')
  await expect(screen).toContainText('¿nos cuentas cómo te atendimos?')
  await phone.getByRole('button', { name: 'Sí', exact: true }).click()
  await phone.getByRole('button', { name: '5 · Excelente' }).click()
  await phone.getByRole('button', { name: 'Omitir' }).click()
  await expect(screen).toContainText('Encuesta respondida')

  await owner.getByRole('checkbox', { name: 'Preguntar primero si quiere responder' }).uncheck()
  await owner.getByRole('button', { name: 'Crear encuesta' }).click()
  await expect(owner).toHaveURL(/\/surveys\/\d+$/)
  await owner.getByRole('link', { name: 'Todas las encuestas' }).click()
  await owner.getByRole('combobox', { name: 'Encuesta de Ventas' }).selectOption('Satisfacción de Ventas')
  await owner.getByRole('button', { name: 'Guardar' }).click()
  await expect(owner.getByRole('button', { name: 'Guardar' })).toHaveCount(0)

  const person = await simulator.person('Elena Encuesta', '5531985552101')
  await simulator.says(person, 'Ventas', 'Hola, ¿tienen harina?')
  const ana = await signedIn('ana')
  await open(ana, 'Elena Encuesta')
  await replies(ana, 'Sí, Elena.')
  await action(ana, 'Cerrar').click()
  const sheet = ana.getByRole('dialog', { name: 'Cerrar la atención de Elena Encuesta' })
  await expect(sheet.getByRole('checkbox', { name: 'Enviar encuesta' })).toBeChecked()
  await sheet.getByRole('button', { name: 'Cerrar', exact: true }).last().click()

  const hers = await handset(person)
  await hers.open()
  await expect(hers.messages).toContainText('¿Cómo calificas la atención que recibiste?', { timeout: 30_000 })
  await hers.writes('4')
  await expect(hers.messages).toContainText('¿Qué fue lo más importante para tu respuesta?')
  await ana.waitForTimeout(2_500) // nobody writes a sentence sooner; what comes that soon belongs to the answer before
  await hers.writes('Contestaron enseguida')
  await expect(hers.messages).toContainText('¡Gracias por tu respuesta!')

  // The answer opened nothing, and the thread says what it was.
  await view(ana, 'Cerradas')
  await conversation(ana, 'Elena Encuesta').click()
  const log = thread(ana, 'Elena Encuesta').getByRole('log')
  await expect(log).toContainText('Respuesta a la encuesta «Satisfacción de Ventas»')
  await expect(log).toContainText('4 de 5')
  await view(ana, 'Equipo')
  await expect(conversation(ana, 'Elena Encuesta')).toHaveCount(0)

  await owner.reload()
  await owner.getByRole('link', { name: 'Resultados de Satisfacción de Ventas' }).click()
  await expect(owner.getByText('CSAT: respuestas 4 y 5').first()).toBeVisible()
  await expect(owner.getByRole('main')).toContainText('100')
  await expect(owner.getByText('Contestaron enseguida')).toBeVisible()
  const file = owner.waitForEvent('download')
  await owner.getByRole('link', { name: 'Descargar CSV' }).click()
  expect((await file).suggestedFilename()).toMatch(/\.csv$/)

  await owner.goto('/surveys')
  await owner.getByRole('combobox', { name: 'Encuesta de Ventas' }).selectOption('Ninguna')
  await owner.getByRole('button', { name: 'Guardar' }).click()
  await expect(owner.getByRole('button', { name: 'Guardar' })).toHaveCount(0)
})

test('an agent sends an NPS from the composer, which says afterwards that it was answered', async ({ signedIn, simulator, handset }) => {
  test.setTimeout(90_000)
  const owner = await signedIn('owner', '/surveys/new?kind=nps')
  await owner.getByRole('textbox', { name: 'Nombre para el equipo' }).fill('NPS de primavera')
  await owner.getByRole('button', { name: 'Quitar la pregunta 2' }).click()
  await owner.getByRole('button', { name: 'Crear encuesta' }).click()
  await expect(owner).toHaveURL(/\/surveys\/\d+$/)

  const person = await simulator.person('Noé Recomienda', '5531985552102')
  await simulator.says(person, 'Ventas', 'Ya me llegó, gracias')
  const ana = await signedIn('ana')
  await open(ana, 'Noé Recomienda')
  await action(ana, 'Encuesta').click()
  const dialog = ana.getByRole('dialog', { name: 'Enviar una encuesta' })
  await expect(dialog).toContainText('Nunca se le envió una encuesta aquí.')
  await dialog.getByRole('radio', { name: 'NPS de primavera' }).check()
  await dialog.getByRole('button', { name: 'Enviar', exact: true }).click()
  await expect(dialog).toHaveCount(0)

  const his = await handset(person)
  await his.open()
  await expect(his.messages).toContainText('Responde con un número del 0 al 10.')
  await his.writes('👍')
  await ana.waitForTimeout(500)
  await his.writes('9')
  await expect(his.messages).toContainText('¡Gracias por tu respuesta!')
  await expect(thread(ana, 'Noé Recomienda').getByRole('log')).toContainText('9 de 10')

  await action(ana, 'Encuesta').click()
  await expect(dialog).toContainText('La última: NPS de primavera')
  await expect(dialog).toContainText('respondida')
})

test('who may not see automation is told so instead of the surveys', async ({ signedIn }) => {
  const ana = await signedIn('ana', '/surveys')
  await expect(ana.getByRole('main')).toContainText('Tu perfil no incluye «Encuestas».')
  await expect(ana.getByRole('link', { name: /Nueva/ })).toHaveCount(0)
})
