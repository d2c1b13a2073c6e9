import { expect, test } from '../support/desk'
import { look } from '../support/screens'

test('what happens when nobody says anything is set for the company, and shown where a number can set it apart', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/attention')
  const minutes = owner.getByRole('spinbutton', { name: 'Minutos sin respuesta del cliente hasta el mensaje' })
  await minutes.fill('20')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Escribe lo que se dice, o elige que vuelva a su cola.')).toBeVisible()
  await owner.getByRole('textbox', { name: 'Mensaje al cliente que no responde' }).fill('¿Sigues ahí, {{contact.first_name}}?')
  await owner.getByRole('spinbutton', { name: 'Minutos más hasta cerrar la atención' }).fill('10')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)
  await look(owner, 'attention-silence', 'es')
  await owner.setViewportSize({ width: 1440, height: 900 })

  await owner.reload()
  await expect(minutes).toHaveValue('20')
  await owner.getByRole('combobox', { name: 'Vale para' }).selectOption({ label: 'Ventas' })
  const own = owner.getByRole('group', { name: 'Minutos sin respuesta del cliente hasta el mensaje' })
  await expect(own).toContainText('20 minutos')
  await own.getByRole('checkbox').uncheck()
  await expect(own.getByRole('spinbutton')).toHaveValue('20')
  await look(owner, 'attention-silence-number', 'es')
  await owner.setViewportSize({ width: 1440, height: 900 })
  await own.getByRole('checkbox').check()

  await owner.goto('/settings/attention')
  await minutes.fill('0')
  await owner.getByRole('textbox', { name: 'Mensaje al cliente que no responde' }).fill('')
  await owner.getByRole('spinbutton', { name: 'Minutos más hasta cerrar la atención' }).fill('0')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByRole('region', { name: 'Guardar' })).toHaveCount(0)
})
