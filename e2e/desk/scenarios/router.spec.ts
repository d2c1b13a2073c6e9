import type { APIRequestContext } from '@playwright/test'
import { makeCampaign } from '../support/campaigns'
import { expect, test } from '../support/desk'
import { csv } from '../support/files'
import { look, violations } from '../support/screens'

interface Block {
  id: string
  kind: string
  [field: string]: unknown
}

/** A flow of these blocks, published. */
async function makeFlow(request: APIRequestContext, name: string, blocks: Block[], more: object = {}): Promise<string> {
  const answered = async (answer: ReturnType<APIRequestContext['get']>) => {
    const got = await answer
    expect(got.ok(), `${got.url()} ${got.ok() ? '' : await got.text()}`).toBe(true)
    return (await got.json()) as { id: string }
  }
  const { id } = await answered(request.post('/api/v1/flows', { data: { name, recipe: '' } }))
  await answered(request.put('/api/v1/flows/' + id, { data: { name, revision: -1, draft: { language: 'es', blocks, ...more } } }))
  await answered(request.post(`/api/v1/flows/${id}/publish`, { data: { revision: -1 } }))
  return id
}

test('a router hands people to its children, and a campaign names the child and the block its replies begin at', async ({
  signedIn,
  simulator,
  handset,
}) => {
  test.setTimeout(120_000)
  const owner = await signedIn('owner', '/settings/flows')
  const sales = await makeFlow(
    owner.request,
    'Bot de ventas',
    [
      { id: 'plan', kind: 'ask', text: '¿Qué plan buscas?', name: 'Plan' },
      { id: 'person', kind: 'handoff', text: 'Te atiende alguien de ventas.' },
    ],
    { context: true },
  )
  const help = await makeFlow(owner.request, 'Bot de soporte', [{ id: 'what', kind: 'ask', text: '¿Qué pasa?', then: 'back' }])
  const menu = { id: 'menu', kind: 'menu', text: '¿Ventas o soporte?', options: [{ id: 'a', title: 'Ventas', then: 'sales' }, { id: 'b', title: 'Soporte', then: 'help' }] }
  const router = await makeFlow(owner.request, 'Entrada', [
    menu,
    { id: 'sales', kind: 'child', flow_id: sales, minutes: 60, then: 'menu' },
    { id: 'help', kind: 'child', flow_id: help, minutes: 60, then: 'menu' },
  ])

  await test.step('the editor shows the children, and the phone says which bot speaks', async () => {
    await owner.goto('/settings/flows/' + router)
    const card = owner.getByRole('region', { name: /^2\. Pasa a un bot hijo/ })
    await expect(card.getByRole('combobox', { name: 'Bot hijo', exact: true })).toHaveValue(sales)
    await owner.getByRole('textbox', { name: 'Palabras para salir de un bot hijo' }).fill('menú, salir')
    const phone = owner.getByRole('region', { name: 'Probar como cliente' })
    await phone.getByRole('button', { name: 'Ventas' }).click()
    await expect(phone.getByRole('log')).toContainText('Habla Bot de ventas')
    await expect(phone.getByRole('log')).toContainText('¿Qué plan buscas?')
    await phone.getByRole('textbox').fill('MENU')
    await phone.getByRole('textbox').press('Enter')
    await expect(phone.getByRole('log')).toContainText('Habla Entrada')
    await owner.getByRole('button', { name: 'Publicar', exact: true }).click()
    const dialog = owner.getByRole('dialog', { name: 'Publicar' })
    await expect(dialog.getByRole('listitem')).toContainText('los ajustes del flujo')
    await dialog.getByRole('button', { name: 'Publicar' }).click()
    await expect(dialog).toHaveCount(0)
    await look(owner, 'flow-router', 'es')
    await owner.setViewportSize({ width: 1440, height: 900 })
  })

  const people = csv('una.csv', [['telefono', 'nombre'], ['+55 31 98555-3241', 'Rita Ruta']])
  const id = await makeCampaign(owner.request, 'A la entrada', people, false)
  await test.step('stage 3 asks for the child, says why one cannot be chosen, and offers human service first', async () => {
    await owner.goto(`/campaigns/${id}/edit/reply`)
    await owner.getByRole('radio', { name: 'Bot', exact: true }).check()
    await owner.getByRole('combobox', { name: 'Empieza con' }).selectOption({ label: 'Entrada' })
    await expect(owner.getByText('es un bot enrutador: elige también el bot hijo')).toBeVisible()
    const child = owner.getByRole('combobox', { name: 'Bot hijo' })
    await expect(child.getByRole('option', { name: /Bot de soporte — contexto del enrutador desactivado/ })).toBeDisabled()
    await child.selectOption(sales)
    const entrance = owner.getByRole('combobox', { name: 'Las respuestas empiezan en' })
    await expect(entrance.getByRole('option').nth(1)).toHaveText('2. Te atiende alguien de ventas. · atención humana')
    await entrance.selectOption('person')
    await expect(owner.getByText('es un bot enrutador')).toHaveCount(0)
    await look(owner, 'wizard-3-router', 'es')
    await owner.setViewportSize({ width: 1440, height: 900 })
    await owner.getByRole('button', { name: 'Guardar borrador' }).click()
    const route = async () => ((await (await owner.request.get('/api/v1/campaigns/' + id)).json()) as { route: object }).route
    await expect.poll(route).toMatchObject({ target: 'bot', target_id: router, target_child_id: sales, target_block: 'person' })
  })

  await test.step('who publishes the child without that block is told the campaign', async () => {
    await owner.goto('/settings/flows/' + sales)
    await owner.getByRole('button', { name: 'Eliminar el bloque 2', exact: true }).click()
    await owner.getByRole('combobox', { name: 'Cuando responde, sigue en' }).first().selectOption('people')
    await owner.getByRole('button', { name: 'Publicar', exact: true }).click()
    const dialog = owner.getByRole('dialog', { name: 'Publicar' })
    await expect(dialog).toContainText('1 campaña hace empezar las respuestas en un bloque que ya no está')
    await expect(dialog).toContainText('A la entrada')
    expect(await violations(owner, 'light')).toEqual([])
    expect(await violations(owner, 'dark')).toEqual([])
    await owner.keyboard.press('Escape')
  })

  await test.step('the reply begins at human service', async () => {
    await owner.request.post(`/api/v1/campaigns/${id}/check`)
    const state = async () => ((await (await owner.request.get('/api/v1/campaigns/' + id)).json()) as { state: string }).state
    await expect.poll(state).toBe('ready')
    const rita = await simulator.person('Rita Ruta', '5531985553241')
    const phone = await handset(rita)
    await phone.open()
    expect((await owner.request.post(`/api/v1/campaigns/${id}/send`, { data: { confirm: 1 } })).ok()).toBe(true)
    await expect(phone.messages).toContainText('Primavera en Aurora', { timeout: 30_000 })
    await phone.taps('Quiero saber más')
    await expect(phone.messages).toContainText('Te atiende alguien de ventas.')
  })
})

test('the tabs of a chatbot open as a flow, and without a number that is connected nothing active can be begun', async ({ signedIn }) => {
  const owner = await signedIn('owner', '/settings/chatbot')
  await owner.getByRole('link', { name: 'Soporte', exact: true }).click()
  await owner.getByRole('button', { name: 'Abrir como flujo' }).click()
  await expect(owner).toHaveURL(/\/settings\/flows\/\d+/)
  await expect(owner.getByRole('region', { name: /^1\. Decide por dónde sigue/ })).toBeVisible()
  await expect(owner.getByRole('region', { name: 'Probar como cliente' }).getByRole('log')).toContainText(/./)
  await look(owner, 'flow-from-tabs', 'es')
  await owner.request.delete('/api/v1/flows/' + owner.url().split('/').pop()!)

  await owner.route('**/api/v1/inboxes', async (route) => {
    const answer = await route.fetch()
    const body = (await answer.json()) as { items: { proper: boolean }[] }
    await route.fulfill({ response: answer, json: { items: body.items.map((one) => ({ ...one, proper: false })) } })
  })
  await owner.setViewportSize({ width: 1440, height: 900 })
  await owner.goto('/campaigns')
  await expect(owner.getByText('Ningún número está conectado a WhatsApp')).toBeVisible()
  await expect(owner.getByRole('button', { name: /^(Nueva campaña|Enviar mensajes activos)/ })).toHaveCount(0)
  await look(owner, 'campaigns-unconnected', 'es')
  await owner.setViewportSize({ width: 1440, height: 900 })
  await owner.goto('/desk')
  await expect(owner.getByRole('tablist').first()).toBeVisible()
  await expect(owner.getByRole('button', { name: /^Mensaje nuevo/ })).toHaveCount(0)
})
