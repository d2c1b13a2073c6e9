import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { answering, Refusal, silence } from '@/testing/api'
import { message } from '@/testing/examples'
import { begin } from '@/testing/mount'
import { useOutbox } from './outbox.store'
import { useThreads } from './thread.store'

const path = 'POST /conversations/100/messages'
const accept = ({ body }: { body: unknown }) => {
  const { client_id, text } = body as { client_id: string; text: string }
  return message({ id: String(2000 + Number(text.length)), direction: 'out', text, client_id, status: 'queued' })
}

describe('the outbox', () => {
  beforeEach(async () => {
    vi.useFakeTimers()
    await begin()
    return () => vi.useRealTimers()
  })

  it('shows a message at once and hands it over', async () => {
    answering({ [path]: accept })
    const outbox = useOutbox()
    const thread = useThreads().of('100')
    const sent = outbox.send('100', { kind: 'text', text: 'Voy' })
    expect(outbox.of('100').map((item) => item.draft.text)).toEqual(['Voy'])
    await sent
    expect(outbox.of('100')).toEqual([])
    expect(thread.messages.map((one) => one.text)).toEqual(['Voy'])
  })

  it('keeps messages while the network is gone and sends them in order, with the same client ids', async () => {
    let online = false
    const asked = answering({ [path]: (one: { body: unknown }) => (online ? accept(one) : silence) })
    const outbox = useOutbox()
    void outbox.send('100', { kind: 'text', text: 'uno' })
    void outbox.send('100', { kind: 'text', text: 'dos dos' })
    await flushPromises()
    expect(outbox.waiting).toBe(2)
    expect(asked).toHaveLength(1)
    online = true
    dispatchEvent(new Event('online'))
    await flushPromises()
    expect(outbox.waiting).toBe(0)
    const bodies = asked.map((one) => one.body as { text: string; client_id: string })
    expect(bodies.map((body) => body.text)).toEqual(['uno', 'uno', 'dos dos'])
    expect(bodies[0]!.client_id).toBe(bodies[1]!.client_id)
  })

  it('tries again by itself', async () => {
    let failures = 2
    answering({
      [path]: (one: { body: unknown }) => (failures-- > 0 ? new Refusal(503, { code: 'unavailable' }) : accept(one)),
    })
    const outbox = useOutbox()
    void outbox.send('100', { kind: 'text', text: 'Voy' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(outbox.waiting).toBe(0)
  })

  it('survives a reload of the page', async () => {
    answering({ [path]: silence })
    void useOutbox().send('100', { kind: 'text', text: 'Voy' })
    await flushPromises()
    const asked = answering({ [path]: accept })
    await begin()
    useOutbox()
    await flushPromises()
    expect(asked.map((one) => (one.body as { text: string }).text)).toEqual(['Voy'])
  })

  it('says why a message was refused, goes on with the next, and can try again', async () => {
    let refuse = true
    answering({
      [path]: (one: { body: unknown }) =>
        refuse && (one.body as { text: string }).text === 'uno'
          ? new Refusal(409, { code: 'window.closed', detail: 'The window is closed.' })
          : accept(one),
    })
    const outbox = useOutbox()
    void outbox.send('100', { kind: 'text', text: 'uno' })
    void outbox.send('100', { kind: 'text', text: 'dos dos' })
    await flushPromises()
    expect(outbox.of('100')).toMatchObject([
      { state: 'refused', words: 'The window is closed.', draft: { text: 'uno' } },
    ])
    expect(outbox.waiting).toBe(0)
    refuse = false
    outbox.again(outbox.of('100')[0]!.draft.client_id)
    await flushPromises()
    expect(outbox.of('100')).toEqual([])
  })

  it('asks before a reply somebody was faster with, and sends it when its author is sure', async () => {
    const asked = answering({
      [path]: (one: { body: unknown }) =>
        (one.body as { seen_through_id?: string }).seen_through_id
          ? new Refusal(409, { code: 'message.answered', detail: 'Luis answered while you were writing.' })
          : accept(one),
    })
    const outbox = useOutbox()
    await outbox.send('100', { kind: 'text', text: 'Voy', seen_through_id: '9' })
    expect(outbox.of('100')).toMatchObject([{ state: 'refused', code: 'message.answered' }])
    outbox.sure(outbox.of('100')[0]!.draft.client_id)
    await flushPromises()
    expect(outbox.of('100')).toEqual([])
    expect(asked).toHaveLength(2)
  })

  it('keeps what a session that ended could not send, for after the next sign-in', async () => {
    answering({ [path]: new Refusal(401, { code: 'auth.required' }) })
    const outbox = useOutbox()
    void outbox.send('100', { kind: 'text', text: 'Voy' })
    await flushPromises()
    expect(outbox.of('100')).toMatchObject([{ state: 'waiting' }])
    expect(Object.keys(localStorage).filter((key) => key.startsWith('recado.outbox.7.'))).toHaveLength(1)
    outbox.remove(outbox.of('100')[0]!.draft.client_id)
  })

  it('follows another tab: what it says waits here too, and what it gets through is gone', async () => {
    answering({ [path]: silence })
    const outbox = useOutbox()
    const other = {
      conversation: '100',
      draft: { client_id: 'x', kind: 'text', text: 'From there' },
      shown: {},
      at: 1,
      state: 'waiting',
    }
    const tell = (newValue: string | null) =>
      dispatchEvent(new StorageEvent('storage', { key: 'recado.outbox.7.x', newValue }))
    tell(JSON.stringify(other))
    expect(outbox.of('100').map((one) => one.draft.text)).toEqual(['From there'])
    tell(null)
    expect(outbox.of('100')).toEqual([])
  })
})
