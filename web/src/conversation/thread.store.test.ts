import { beforeEach, describe, expect, it } from 'vitest'
import { useLive } from '@/live'
import { answering } from '@/testing/api'
import { message, noon, row } from '@/testing/examples'
import { begin } from '@/testing/mount'
import { useThreads } from './thread.store'

const out = (change = {}) => message({ direction: 'out', status: 'sent', ...change })

describe('the threads', () => {
  beforeEach(async () => {
    await begin()
  })

  async function loaded(...items: ReturnType<typeof message>[]) {
    answering({ 'GET /conversations/100/messages': { items, earlier: false } })
    const threads = useThreads()
    await threads.load('100')
    return threads
  }

  it('moves a status forward, keeps the time of each step, and never goes back', async () => {
    const threads = await loaded(out({ id: '1' }))
    const live = useLive()
    const tell = (status: 'read' | 'delivered', at: number) =>
      live.tell({ kind: 'status', items: [{ message_id: '1', conversation_id: '100', status, at }] })
    tell('read', noon + 2)
    tell('delivered', noon + 1)
    expect(threads.of('100').messages[0]).toMatchObject({
      status: 'read',
      times: { read: noon + 2, delivered: noon + 1 },
    })
  })

  it('shows a new message once, however often it is told', async () => {
    const threads = await loaded(message({ id: '1' }))
    const fact = { kind: 'message' as const, conversation: row(), message: message({ id: '2' }) }
    useLive().tell(fact)
    useLive().tell(fact)
    expect(threads.of('100').messages.map(({ id }) => id)).toEqual(['1', '2'])
  })

  it('leaves our message at the end, where it was shown, though a customer wrote meanwhile', async () => {
    const threads = await loaded(message({ id: '5' }))
    threads.adopt(out({ id: '4' }))
    expect(threads.of('100').messages.map(({ id }) => id)).toEqual(['5', '4'])
  })

  it('does not lose what was told while the page was on its way', async () => {
    const threads = useThreads()
    answering({
      'GET /conversations/100/messages': () => {
        useLive().tell({ kind: 'message', conversation: row(), message: message({ id: '9' }) })
        return { items: [message({ id: '1' })], earlier: false }
      },
    })
    await threads.load('100')
    expect(threads.of('100').messages.map(({ id }) => id)).toEqual(['1', '9'])
  })

  it('keeps the words for the error of a failed load', async () => {
    answering({})
    const threads = useThreads()
    await threads.load('100')
    expect(threads.of('100').problem?.status).toBe(404)
  })
})
