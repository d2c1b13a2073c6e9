import { expect, test } from '../support/desk'

test('an agent is absent: whoever writes is told once, the desk says so, and it is switched off', async ({
  signedIn,
  simulator,
  handset,
}) => {
  const agent = await signedIn('ana', '/absence')
  await agent.getByLabel('Mensaje').fill('Hola {{contact.first_name}}, vuelvo el lunes.')
  await agent.getByLabel('A quién pueden escribir').selectOption({ label: 'Número Soporte' })
  const preview = agent.getByRole('region', { name: 'Así lo ve quien escribe' })
  await expect(preview).toContainText('Hola Ana, vuelvo el lunes.')
  await expect(preview).toContainText('https://wa.me/')
  await agent.getByRole('button', { name: 'Activar ausencia' }).click()
  await expect(agent.getByText('Ausencia activada')).toBeVisible()

  const person = await simulator.person('Tomás Prueba', '5531985551011')
  await simulator.says(person, 'Ventas', '¿Hay alguien?')
  const his = await handset(person)
  await his.open()
  await expect(his.messages).toContainText('Hola Tomás, vuelvo el lunes.')

  await agent.goto('/desk')
  const line = agent.getByRole('note').filter({ hasText: 'Tu ausencia está activa en Ventas, hasta que la apagues.' })
  await expect(line).toBeVisible()
  await line.getByRole('link', { name: 'Cambiar' }).click()
  await agent.getByRole('button', { name: 'Apagar' }).click()
  await expect(agent.getByText('Ausencia apagada')).toBeVisible()
  await expect(agent.getByRole('button', { name: 'Activar ausencia' })).toBeVisible()
})

test('an absence that ends before it begins is refused where it stands', async ({ signedIn }) => {
  const agent = await signedIn('ana', '/absence')
  await agent.getByLabel('Cuándo').selectOption({ label: 'Entre dos momentos' })
  await agent.getByLabel('Empieza').fill('2030-01-10T08:00')
  await agent.getByLabel('Termina').fill('2030-01-09T08:00')
  await agent.getByRole('button', { name: 'Activar ausencia' }).click()
  await expect(agent.getByText('La ausencia termina antes de empezar.').first()).toBeVisible()
  await expect(agent.getByLabel('Termina')).toHaveAttribute('aria-invalid', 'true')
})
