import { expect, test } from '../support/desk'

test('outside the hours of a number whoever writes is told so, until people answer all day again', async ({
  signedIn,
  simulator,
  handset,
}) => {
  const owner = await signedIn('owner', '/settings/hours')
  // The old address leads to the list, and from there to the tab of hours.
  await owner.getByRole('link', { name: 'Ventas', exact: true }).click()
  const always = owner.getByRole('checkbox', { name: 'Atención las 24 horas' })
  await expect(always).toBeChecked()
  await always.uncheck()
  await owner.getByLabel('lunes: desde').fill('03:00')
  await owner.getByLabel('lunes: hasta').fill('24:30')
  const notify = owner.getByRole('checkbox', { name: 'Avisar a quien escribe que no hay nadie' })
  await notify.check()
  await owner.getByLabel('Mensaje', { exact: true }).fill('Ahora está cerrado; abrimos el {{next_opening}}.')
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Termina a una hora de 00:00 a 24:00.').first()).toBeVisible()
  await owner.getByLabel('lunes: hasta').fill('03:01')
  await owner.getByRole('button', { name: 'Copiar a los demás días: lunes' }).click()
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText('Horario guardado')).toBeVisible()
  await expect(owner.getByText(/^Abre: /)).toBeVisible()

  const person = await simulator.person('Elisa Prueba', '5531985551021')
  await simulator.says(person, 'Ventas', '¿Están?')
  const hers = await handset(person)
  await hers.open()
  await expect(hers.messages).toContainText(/Ahora está cerrado; abrimos el \d\d\/\d\d 03:00\./)

  await always.check()
  await owner.getByLabel('Pegar una lista').fill('25/12 - Navidad\nalgo')
  await owner.getByRole('button', { name: 'Agregar la lista' }).click()
  await expect(owner.getByText('No se entiende esta línea: algo')).toBeVisible()
  await owner.getByRole('button', { name: 'Quitar Navidad' }).click()
  await owner.keyboard.press('Control+s')
  await expect(owner.getByText(/^Abre: /)).toHaveCount(0)
  await expect(owner.getByText('Abierto')).toBeVisible()
})
