import { beforeEach, describe, expect, it } from 'vitest'
import type { Message } from '@/api'
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

  it('asks once for what was foreseen, and keeps the conversation on the screen true', async () => {
    const asked: string[] = []
    const page = (id: string) => () => {
      asked.push(id)
      return { items: [message({ id: id + '1', conversation_id: id })], earlier: false }
    }
    const ids = Array.from({ length: 40 }, (_, n) => String(200 + n))
    answering(Object.fromEntries(['100', ...ids].map((id) => [`GET /conversations/${id}/messages`, page(id)])))
    const threads = useThreads()
    await threads.load('100')
    ids.forEach(threads.foresee)
    await threads.load('239')
    expect(threads.of('239').messages.map(({ id }) => id)).toEqual(['2391'])
    expect(asked.filter((id) => id === '239')).toHaveLength(1)
    await threads.load('239')
    expect(asked.filter((id) => id === '239')).toHaveLength(2)
    useLive().tell({ kind: 'message', conversation: row(), message: message({ id: '1002' }) })
    expect(threads.of('100').messages.map(({ id }) => id)).toEqual(['1001', '1002'])
  })

  it('keeps the words for the error of a failed load', async () => {
    answering({})
    const threads = useThreads()
    await threads.load('100')
    expect(threads.of('100').problem?.status).toBe(404)
  })

  describe('a window far above the newest', () => {
    const ids = (threads: ReturnType<typeof useThreads>) => threads.of('100').messages.map(({ id }) => id)
    const some = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => message({ id: String(from + at), created_at: noon + from + at }))
    const tell = (change: Partial<Message>) =>
      useLive().tell({ kind: 'message', conversation: row(), message: message(change) })

    /** pages answers as the server does, with the messages 10 to last. */
    function pages(last: () => number, size = 4) {
      answering({
        'GET /conversations/100/messages': (_: unknown, query: URLSearchParams) => {
          const all = some(10, last())
          const at = (name: string) => all.findIndex(({ id }) => id === query.get(name))
          const from = query.has('around') ? at('around') - 1 : query.has('after') ? at('after') + 1 : all.length - size
          const first = query.has('before') ? Math.max(0, at('before') - size) : Math.max(0, from)
          const end = query.has('before') ? at('before') : Math.min(all.length, first + size)
          return { items: all.slice(first, end), earlier: first > 0, later: end < all.length }
        },
      })
    }

    it('opens around a message and reaches the newest page by page, without loss or doubles', async () => {
      pages(() => 30)
      const threads = useThreads()
      await threads.loadAround('100', '15')
      expect(ids(threads)).toEqual(['14', '15', '16', '17'])
      expect(threads.of('100')).toMatchObject({ earlier: true, later: true, anchor: '15', loaded: true })
      await threads.loadEarlier('100')
      while (threads.of('100').later) await threads.loadLater('100')
      expect(ids(threads)).toEqual(some(10, 30).map(({ id }) => id))
      expect(threads.of('100').anchor).toBe('')
    })

    it('appends nothing that comes meanwhile until the gap is closed, and loses none of it', async () => {
      pages(() => 18)
      const threads = useThreads()
      await threads.loadAround('100', '12')
      tell({ id: '19' })
      expect(ids(threads)).toEqual(['11', '12', '13', '14'])
      expect(threads.of('100').arrived?.id).toBe('19')
      tell({ id: '13', text: 'changed' })
      expect(threads.of('100').messages[2]!.text).toBe('changed')
      // The page was read before 19 was said, and 20 is told while the question is on its way.
      const running = threads.loadLater('100')
      tell({ id: '20' })
      await running
      expect(ids(threads)).toEqual(some(11, 20).map(({ id }) => id))
      tell({ id: '21' })
      expect(ids(threads).at(-1)).toBe('21')
      expect(new Set(ids(threads)).size).toBe(ids(threads).length)
    })

    it('keeps our own message for the end, and a status of it', async () => {
      pages(() => 30)
      const threads = useThreads()
      await threads.loadAround('100', '12')
      threads.adopt(out({ id: '31', status: 'queued', created_at: noon + 31 }))
      expect(ids(threads)).not.toContain('31')
      useLive().tell({
        kind: 'status',
        items: [{ message_id: '31', conversation_id: '100', status: 'sent', at: noon }],
      })
      await threads.load('100')
      expect(ids(threads)).toEqual(['27', '28', '29', '30', '31'])
      expect(threads.of('100').messages.at(-1)!.status).toBe('sent')
      expect(threads.of('100').later).toBe(false)
    })

    it('is no window when the newest is in it, and keeps what came after', async () => {
      pages(() => 14, 10)
      const threads = useThreads()
      await threads.load('100')
      tell({ id: '15' })
      await threads.loadAround('100', '12')
      expect(threads.of('100').later).toBe(false)
      expect(ids(threads).at(-1)).toBe('15')
    })

    it('is forgotten when it is left', async () => {
      pages(() => 30)
      const threads = useThreads()
      await threads.loadAround('100', '12')
      threads.shorten('100')
      expect(threads.of('100')).toMatchObject({ messages: [], loaded: false, later: false })
    })

    it('waits for a question that is on its way', async () => {
      pages(() => 30)
      const threads = useThreads()
      const first = threads.load('100')
      await threads.loadAround('100', '12')
      await first
      expect(ids(threads)).toEqual(['11', '12', '13', '14'])
    })
  })
})
