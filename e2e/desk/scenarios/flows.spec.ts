import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, open, test } from '../support/desk'
import { violations } from '../support/screens'

test('the owner makes a flow from a recipe, plays it, publishes it, and it talks on the handset until people take over', async ({
  signedIn,
  simulator,
  handset,
}) => {
  const owner = await signedIn('owner', '/settings/flows')
  await owner.getByRole('button', { name: 'Nuevo flujo' }).first().click()
  await owner.getByRole('textbox', { name: 'Nombre del flujo' }).fill('Mostrador')
  await owner.getByRole('button', { name: 'Crear flujo' }).click()

  const phone = owner.getByRole('region', { name: 'Probar como cliente' })
  const screen = phone.getByRole('log')
  await expect(screen).toContainText('¿En qué te ayudamos?')
  await phone.getByRole('button', { name: 'Horarios' }).click()
  await expect(screen).toContainText('Abrimos de lunes a viernes')

  const second = owner.getByRole('region', { name: /^2\. Dice un mensaje/ })
  await second.getByRole('textbox', { name: 'Mensaje' }).fill('Abrimos todos los días.')
  await expect(screen).toContainText('Abrimos todos los días.')
  await second.getByRole('textbox', { name: 'Mensaje' }).fill('')
  await expect(second.getByText('Escribe lo que se dice.')).toBeVisible()
  await second.getByRole('textbox', { name: 'Mensaje' }).fill('Abrimos todos los días.')
  await expect(second.getByText('Escribe lo que se dice.')).toHaveCount(0)

  await second.getByRole('heading').focus()
  await owner.keyboard.press('Alt+ArrowDown')
  await expect(owner.getByRole('region', { name: /^3\. Dice un mensaje/ }).getByRole('textbox')).toHaveValue('Abrimos todos los días.')
  await owner.getByRole('button', { name: 'Eliminar el bloque 2', exact: true }).click()
  await expect(owner.getByText('Algo que se eliminó').first()).toBeAttached()
  await owner.getByRole('button', { name: 'Deshacer' }).click()
  await expect(owner.getByRole('region', { name: /^2\. Dice un mensaje/ }).getByRole('textbox')).toHaveValue(/calle Ejemplo/)

  await owner.getByRole('button', { name: 'Publicar', exact: true }).click()
  const dialog = owner.getByRole('dialog', { name: 'Publicar' })
  await expect(dialog.getByRole('listitem')).toHaveCount(6)
  await dialog.getByRole('button', { name: 'Publicar' }).click()
  await expect(owner.getByText('Publicado', { exact: true })).toBeVisible()

  await owner.goto('/settings/chatbot')
  await owner.getByRole('link', { name: 'Soporte', exact: true }).click()
  await owner.getByRole('checkbox', { name: 'Chatbot encendido' }).check()
  await owner.getByRole('checkbox', { name: 'Recibe a quien escribe al número' }).check()
  await owner.getByRole('combobox', { name: 'Empieza con' }).selectOption({ label: 'Mostrador' })
  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)

  const person = await simulator.person('Iris Lugo', '5531985552301')
  await simulator.says(person, 'Soporte', 'Hola')
  const hers = await handset(person)
  await hers.open()
  await expect(hers.messages).toContainText('¡Hola Iris! ¿En qué te ayudamos?')
  await hers.writes('1️⃣')
  await expect(hers.messages).toContainText('Abrimos todos los días.')
  await expect(hers.messages).toContainText('¿Algo más?')
  await hers.writes('hablar con alguien')
  await expect(hers.messages).toContainText('Alguien del equipo te escribe aquí enseguida.')
  const log = (await (await owner.request.get('/api/v1/flows')).json()) as { items: { numbers: string[] }[] }
  expect(log.items[0]!.numbers).toEqual(['Soporte'])
  const agent = await signedIn('manager')
  await open(agent, 'Iris Lugo')
  await agent.getByRole('button', { name: 'Más acciones' }).first().click()
  await agent.getByRole('menuitem', { name: 'Lo que hizo el bot' }).click()
  const did = agent.getByRole('dialog', { name: 'Lo que hizo el bot' })
  await expect(did.getByRole('listitem').first()).toContainText('Pasó a una persona')
  await expect(did).toContainText('La persona respondió: Horarios')
  expect(await violations(agent, 'light')).toEqual([])
  await agent.keyboard.press('Escape')

  await owner.getByRole('checkbox', { name: 'Recibe a quien escribe al número' }).uncheck()
  await owner.getByRole('combobox', { name: 'Empieza con' }).selectOption({ label: 'Los menús de esta página' })
  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)
})

test('the owner sets up an outside brain and tries it with a phrase', async ({ signedIn }) => {
  const house = createServer((request, response) => {
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      const { text } = JSON.parse(body) as { text: string }
      response.end(JSON.stringify({ say: [`Preguntaste: ${text} (${request.headers.authorization})`], handoff: true }))
    })
  })
  await new Promise<void>((listening) => house.listen(0, '127.0.0.1', listening))
  const owner = await signedIn('owner', '/settings/flows')
  await owner.getByRole('button', { name: 'Nuevo cerebro' }).click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Nombre del cerebro' }).fill('Catálogo')
  await dialog.getByRole('combobox', { name: 'Tipo' }).selectOption('webhook')
  await dialog.getByRole('textbox', { name: 'Dirección' }).fill('ftp://x')
  await dialog.getByRole('button', { name: 'Guardar cerebro' }).click()
  await expect(dialog.getByText('no está en la internet pública')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Dirección' }).fill(`http://127.0.0.1:${(house.address() as AddressInfo).port}/bot`)
  await dialog.getByLabel('Clave (opcional)').fill('llave-1')
  await dialog.getByRole('button', { name: 'Guardar cerebro' }).click()
  await dialog.getByRole('textbox', { name: 'Frase de prueba' }).fill('¿Tienen pan?')
  await dialog.getByRole('button', { name: 'Probar' }).click()
  await expect(dialog.getByText('Preguntaste: ¿Tienen pan? (Bearer llave-1)')).toBeVisible()
  await expect(dialog.getByText('Pide que siga una persona.')).toBeVisible()
  expect(await violations(owner, 'light')).toEqual([])
  expect(await violations(owner, 'dark')).toEqual([])
  await dialog.getByRole('button', { name: 'Eliminar cerebro' }).click()
  await expect(owner.getByText('Catálogo')).toHaveCount(0)
  house.close()
})
