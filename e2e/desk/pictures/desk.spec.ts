import { fileURLToPath } from 'node:url'
import { composer, expect, open, test, thread, view } from '../support/desk'

/** Who wrote, to which number, and what. The last one is on the desk when the picture is taken. */
const people = [
  ['Rosa Quintana', '5531985552901', 'Ventas', '¿Tienen el saco azul en talla M?'],
  ['Bruno Ferraz', '5531985552902', 'Ventas', 'Oi! Vocês entregam em Contagem?'],
  ['Julia Prado', '5531985552903', 'Cobranzas', 'Ya pagué la cuota de noviembre'],
  ['Marta Olivera', '5531985552904', 'Ventas', 'Hola, vi la promoción de primavera'],
] as const

test('the desk', async ({ signedIn, simulator, handset }) => {
  for (const [name, number, inbox, text] of people) await simulator.says(await simulator.person(name, number), inbox, text)
  const [name, number] = people.at(-1)!
  const marta = await simulator.person(name, number)
  const ana = await signedIn('ana')
  await open(ana, name)
  const log = thread(ana, name).getByRole('log')
  await composer(ana).fill('¡Hola, Marta! Dura hasta el domingo. ¿Qué prenda te gustó?')
  await composer(ana).press('Enter')
  await expect(log).toContainText('hasta el domingo')
  await simulator.shows(marta, 'Ventas', 'image')
  await simulator.says(marta, 'Ventas', 'Este. ¿Lo tienen en M?')
  await expect(log).toContainText('¿Lo tienen en M?')
  await ana.getByRole('button', { name: 'Nota', exact: true }).click() // for one note; then it is a reply again
  const note = ana.getByRole('form', { name: 'Escribir' }).getByRole('textbox')
  await note.fill('Pidió talla M: hay dos en la tienda del centro.')
  await note.press('Enter')
  await expect(log).toContainText('hay dos en la tienda')
  await composer(ana).fill('Sí, quedan dos. ¿Te aparto una?')
  await composer(ana).press('Enter')
  await expect(log.getByText('Sí, quedan dos.')).toBeVisible()
  await (await handset(marta)).open() // which reads it
  await view(ana, 'Equipo')
  await expect(ana.getByText('Leído').last()).toBeVisible()
  await ana.mouse.move(700, 880)
  await ana.screenshot({ path: fileURLToPath(new URL('../../../' + process.env.RECADO_PICTURE!, import.meta.url)) })
})
