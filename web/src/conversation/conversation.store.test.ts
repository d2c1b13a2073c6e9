import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { useLive } from '@/live'
import { answering } from '@/testing/api'
import { noon, row } from '@/testing/examples'
import { begin } from '@/testing/mount'
import { useConversations } from './conversation.store'

describe('the list of conversations', () => {
  beforeEach(async () => {
    await begin()
  })

  async function loaded(...items: ReturnType<typeof row>[]) {
    answering({
      'GET /conversations': { items, next: '' },
      'GET /conversations/counts': { mine: 1, queue: 0, team: 1, mentioned_in: [] },
    })
    const store = useConversations()
    await store.load()
    return store
  }
  const tell = (conversation: ReturnType<typeof row>) => useLive().tell({ kind: 'conversation', conversation })

  it('puts what was said last on top', async () => {
    const store = await loaded(row({ id: '1', last_message_at: noon }), row({ id: '2', last_message_at: noon - 1 }))
    tell(row({ id: '2', last_message_at: noon + 1 }))
    expect(store.ids).toEqual(['2', '1'])
  })

  it('moves no row under the pointer: new ones wait behind a pill', async () => {
    const store = await loaded(row({ id: '1' }))
    store.busy = true
    tell(row({ id: '2', last_message_at: noon + 1 }))
    expect(store.ids).toEqual(['1'])
    expect(store.arrivals).toEqual(['2'])
  })

  it('drops a row that belongs here no longer', async () => {
    const store = await loaded(row({ id: '1' }), row({ id: '2' }))
    tell(row({ id: '1', state: 'closed', assignee: null }))
    tell(row({ id: '2', assignee: { id: '8', name: 'Luis Rey' } }))
    expect(store.ids).toEqual([])
  })

  it('forgets a conversation out of reach, of which only the id is told', async () => {
    const store = await loaded(row({ id: '1' }))
    useLive().tell({ kind: 'gone', conversation_ids: ['1', '9'] })
    expect(store.ids).toEqual([])
    expect(store.rows.has('1')).toBe(false)
  })

  it('is not told of a mention again by figures older than the look', async () => {
    const store = await loaded(row({ id: '1' }))
    useLive().tell({
      kind: 'mentioned',
      conversation: row({ id: '1' }),
      conversation_id: '1',
      message_id: '7',
      text: '@Ana',
    })
    answering({ 'GET /conversations/counts': { mine: 1, queue: 0, team: 1, mentioned_in: ['1'] } })
    const counting = store.count()
    useLive().tell({ kind: 'mentions_seen', conversation_id: '1' })
    await counting
    expect(store.mentioned.has('1')).toBe(false)
  })

  it('knows to which view a row belongs', async () => {
    const store = await loaded()
    const waiting = row({ assignee: null, holder: 'queue', queue: { id: '3', name: 'Ventas' } })
    store.filter.view = 'queue'
    expect(store.belongs(waiting)).toBe(true)
    expect(store.belongs(row())).toBe(false)
    store.filter.queue = '4'
    expect(store.belongs(waiting)).toBe(false)
    store.filter.queue = ''
    store.filter.view = 'closed'
    expect(store.belongs(row({ state: 'closed' }))).toBe(true)
    await flushPromises()
  })
})
