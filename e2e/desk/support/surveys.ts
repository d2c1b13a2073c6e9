import { expect, type APIRequestContext } from '@playwright/test'
import type { Simulator } from './simulator'

interface Settings {
  name: string
  questions: object[]
}

/** answeredSurvey makes a survey that one person has answered, and gives its id. */
export async function answeredSurvey(request: APIRequestContext, simulator: Simulator): Promise<string> {
  const { ready } = (await (await request.get('/api/v1/surveys')).json()) as { ready: { es: Settings[] } }
  const settings = { ...ready.es[0]!, name: 'Después de comprar' }
  settings.questions = [
    ...settings.questions,
    { id: '', kind: 'choice', text: '¿Cómo nos encontraste?', required: false, from: 0, to: 0, low: '', high: '', options: ['Por una amiga', 'Por Instagram'] },
  ]
  const { id } = (await (await request.post('/api/v1/surveys', { data: settings })).json()) as { id: string }
  const person = await simulator.person('Olga Opina', '5531985552150')
  await simulator.says(person, 'Ventas', 'Ya me llegó todo')
  let conversation = ''
  await expect(async () => {
    const found = (await (await request.get('/api/v1/conversations?view=team&search=Olga')).json()) as { items: { id: string; contact: { name: string } }[] }
    conversation = found.items.find((one) => one.contact.name === 'Olga Opina')!.id
  }).toPass()
  const sent = await request.post(`/api/v1/conversations/${conversation}/surveys`, { data: { survey_id: id } })
  expect(sent.status()).toBe(201)
  for (const words of ['4', 'Llegó antes de lo que esperaba, y muy bien empacado.', '2']) {
    await simulator.says(person, 'Ventas', words)
    await new Promise((later) => setTimeout(later, 3_000)) // what comes sooner belongs to the answer before
  }
  return id
}
