import { expect, test } from '../support/desk'
import { csv, pdf, picture } from '../support/files'
import { shots } from '../support/screens'
import { Wizard } from '../support/wizard'

const sheet = csv('vitrina.csv', [
  ['telefono', 'remitente', 'nombre'],
  ['+55 31 98555-3801', 'Ventas', 'Vera Vitrina'],
  ['+55 31 98555-3802', 'Ventas', 'Hugo Vitrina'],
])

test('a campaign carries a picture that is chosen in the wizard, seen on the phone beside it, and arrives', async ({ signedIn, simulator, handset }) => {
  const vera = await simulator.person('Vera Vitrina', '5531985553801')
  await simulator.person('Hugo Vitrina', '5531985553802')
  const page = await signedIn('manager', '/campaigns')
  const sample = (await (await page.request.post('/api/v1/files', { multipart: { file: picture('muestra.png') } })).json()) as { id: string }
  const boxes = ((await (await page.request.get('/api/v1/inboxes')).json()) as { items: { id: string; label: string }[] }).items
  const inbox = boxes.find((one) => one.label === 'Ventas')!.id
  const draft = { name: 'vitrina_nueva', language: 'es', category: 'UTILITY', header: { format: 'IMAGE', file_id: sample.id }, body: 'Hola {{1}}, así está la vitrina.', examples: { 'body.1': 'Ana' } }
  const made = await page.request.post('/api/v1/templates', { data: { inbox_id: inbox, draft } })
  expect(made.ok(), await made.text()).toBe(true)
  const { id } = (await made.json()) as { id: string }
  await simulator.advance(60)
  await expect.poll(async () => ((await (await page.request.get('/api/v1/templates/' + id)).json()) as { template: { status: string } }).template.status, { timeout: 20_000 }).toBe('APPROVED')

  const wizard = new Wizard(page)
  await wizard.begin()
  await wizard.sheet(sheet)
  await wizard.goOn()
  await wizard.at('¿Qué les dices?')
  await page.getByRole('radio', { name: /vitrina_nueva/ }).check()
  const field = page.getByRole('group', { name: 'Imagen del encabezado' })
  await expect(field.getByLabel('Sale de')).toHaveValue('text')
  await field.getByLabel('Elegir una imagen').setInputFiles(pdf('folleto.pdf'))
  await expect(field.getByRole('alert')).toHaveText('«folleto.pdf» no es una imagen que WhatsApp acepte: JPEG o PNG.')
  await field.getByLabel('Elegir una imagen').setInputFiles(picture('vitrina.png'))
  await expect(field.getByText('Archivo: vitrina.png')).toBeVisible()
  const preview = page.getByRole('region', { name: 'Vista previa' })
  await expect(preview.locator('img.media')).toHaveJSProperty('complete', true)
  const name = page.getByRole('group', { name: 'Texto: 1' })
  await name.getByLabel('Columna').selectOption('nombre')
  await expect(preview).toContainText('Hola Vera Vitrina, así está la vitrina.')
  await page.screenshot({ path: `${shots}header-file-1440-light-es.png` })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: `${shots}header-file-390-dark-es.png`, fullPage: true })
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.reload()
  await expect(field.getByText('Archivo: vitrina.png')).toBeVisible()
  await wizard.goOn()
  await wizard.at('¿A dónde van las respuestas?')
  await page.getByRole('radio', { name: /^Cola/ }).check()
  await page.getByRole('combobox', { name: 'Cola' }).selectOption({ label: 'Ventas' })
  await wizard.goOn()
  await wizard.send('Vitrina', 2)

  const phone = await handset(vera)
  await phone.open()
  await expect(phone.messages).toContainText('Hola Vera Vitrina, así está la vitrina.', { timeout: 20_000 })
  await expect(phone.messages.getByRole('img').first()).toBeVisible()
})
