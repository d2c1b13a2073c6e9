import { conversation, expect, test, view } from '../support/desk'

test('the owner sets up a chatbot, plays it as the customer, and it answers on the handset', async ({
  signedIn,
  simulator,
  handset,
}) => {
  const owner = await signedIn('owner', '/settings/chatbot')
  await owner.getByRole('link', { name: 'Ventas', exact: true }).click()
  await owner.getByRole('checkbox', { name: 'Recibe a quien escribe al número' }).check()
  await owner.getByRole('textbox', { name: 'Saludo del primer contacto' }).fill('Bienvenida a Aurora, {{contact.first_name}}.')
  await owner.getByRole('tab', { name: /^Preguntas frecuentes/ }).click()
  await owner.getByRole('checkbox', { name: 'Ofrecer preguntas frecuentes' }).check()
  await owner.getByRole('button', { name: 'Agregar pregunta' }).click()
  await owner.getByRole('textbox', { name: 'Pregunta 1' }).fill('¿Hacen envíos?')
  await owner.getByRole('textbox', { name: 'Respuesta 1' }).fill('Sí, a todo el país.')

  const phone = owner.getByRole('region', { name: 'Probar como cliente' })
  const screen = phone.getByRole('log')
  await expect(screen).toContainText('Bienvenida a Aurora')
  await phone.getByRole('button', { name: '¿Hacen envíos?' }).last().click()
  await expect(screen).toContainText('Sí, a todo el país.')

  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)

  const person = await simulator.person('Nora Prueba', '5531985551001')
  await simulator.says(person, 'Ventas', 'Hola')
  const hers = await handset(person)
  await hers.open()
  await expect(hers.messages).toContainText('Bienvenida a Aurora, Nora.')
  await hers.writes('1')
  await expect(hers.messages).toContainText('Sí, a todo el país.')
  await hers.writes('hablar con una persona')
  const agent = await signedIn('ana')
  await view(agent, 'Equipo')
  await expect(conversation(agent, 'Nora Prueba')).toBeVisible({ timeout: 15_000 })

  await owner.reload()
  await owner.getByRole('tab', { name: /^Preguntas frecuentes/ }).click()
  await owner.getByRole('button', { name: 'Quitar la pregunta 1' }).click()
  await owner.getByRole('checkbox', { name: 'Ofrecer preguntas frecuentes' }).uncheck()
  await owner.getByRole('tab', { name: /^Flujo de conversación/ }).click()
  await owner.getByRole('checkbox', { name: 'Recibe a quien escribe al número' }).uncheck()
  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)
})
