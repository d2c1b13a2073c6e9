import { expect, type APIRequestContext } from '@playwright/test'

/** A campaign made by the API, for scenarios that only look at it. */
export async function makeCampaign(request: APIRequestContext, name: string, sheet: { name: string; mimeType: string; buffer: Buffer }, send: boolean): Promise<string> {
  const ok = async (answer: ReturnType<APIRequestContext['get']>) => {
    const got = await answer
    expect(got.ok(), `${got.url()} ${got.ok() ? '' : await got.text()}`).toBe(true)
    return (await got.json()) as { id: string; state: string; items: { id: string; name: string; label: string }[]; check: { ready: number } }
  }
  const templates = await ok(request.get('/api/v1/templates'))
  const template = templates.items.find((one) => one.name === 'promo_primavera')!
  const inboxes = await ok(request.get('/api/v1/inboxes'))
  const queues = await ok(request.get('/api/v1/queues'))
  const { id } = await ok(request.post('/api/v1/campaigns', { data: { name } }))
  await ok(request.put(`/api/v1/campaigns/${id}/file`, { multipart: { file: sheet } }))
  await ok(
    request.patch(`/api/v1/campaigns/${id}`, {
      data: {
        audience: { default_sender_id: inboxes.items.find((one) => one.label === 'Ventas')!.id },
        message: { template_id: template.id, values: { 'body.1': { column: 'nombre' }, 'body.2': { text: '20 %' } } },
        route: { target: 'queue', target_id: queues.items.find((one) => one.name === 'Ventas')!.id },
      },
    }),
  )
  await request.post(`/api/v1/campaigns/${id}/check`)
  const state = async () => (await ok(request.get(`/api/v1/campaigns/${id}`))).state
  await expect.poll(state).toBe('ready')
  if (!send) return id
  const { check } = await ok(request.get(`/api/v1/campaigns/${id}`))
  await ok(request.post(`/api/v1/campaigns/${id}/send`, { data: { confirm: check.ready } }))
  await expect.poll(state, { timeout: 20_000 }).toBe('done')
  return id
}
