import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useLive } from '@/live'
import { answering, Refusal } from '@/testing/api'
import { violations } from '@/testing/axe'
import { noon, row } from '@/testing/examples'
import { show } from '@/testing/mount'
import { useConversations } from './conversation.store'
import ConversationList from './ConversationList.vue'

const person = (id: string, name: string, change: Parameters<typeof row>[0] = {}) =>
  row({ id, contact: { ...row().contact, name }, ...change })
const people = [
  person('1', 'Ana Paz', { last_message_at: noon }),
  person('2', 'Bruno Gil', { last_message_at: noon - 1 }),
]

vi.setConfig({ testTimeout: 20_000 })

// Each test takes its list away: a list listens to keys of the whole page.
describe('the list', () => {
  beforeEach(() => {
    // jsdom measures nothing: the virtual list is told that there is room.
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600)
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600)
    return () => vi.restoreAllMocks()
  })

  async function opened(answers: Parameters<typeof answering>[0] = {}) {
    const asked = answering({
      'GET /conversations': { items: people, next: '' },
      'GET /conversations/counts': { mine: 2, queue: 3, team: 1000, mentioned_in: ['2'] },
      'GET /inboxes': { items: [{ id: '20', label: 'Ventas', channel: 'whatsapp' }] },
      'GET /queues': { items: [] },
      'GET /agents': { items: [] },
      'GET /tags': { items: [{ id: '4', name: 'VIP', color: 'ok', suggested: true, open: 0 }] },
      'GET /attention': {
        closing: { note_mode: 'category', results: ['resolved'], categories: ['Sales'], tags_required: false },
        transfers: { agents: true, queues: true, numbers: true },
      },
      ...answers,
    })
    const list = await show(ConversationList, { openId: '' })
    const store = useConversations()
    await Promise.all([store.load(), store.count()])
    await flushPromises()
    return { list, store, asked }
  }
  const press = (key: string) => dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  async function settled(list: VueWrapper) {
    await vi.dynamicImportSettled()
    await flushPromises()
    return list
  }

  it('stops counting at a thousand and shows where one is mentioned', async () => {
    const { list } = await opened()
    expect(list.get('#conversation-rows-team').text()).toContain('999+')
    expect(list.get('#conversation-rows-mentions').text()).toContain('1')
    list.unmount()
  })

  it('keeps the rows under the pointer where they are, and lets them move when it leaves', async () => {
    const { list, store } = await opened()
    await list.get('#conversation-rows').trigger('pointerenter', { pointerType: 'mouse' })
    useLive().tell({
      kind: 'conversation',
      conversation: person('3', 'Carla Sol', { last_message_at: noon + 1 }),
    })
    await flushPromises()
    expect(store.ids).toEqual(['1', '2'])
    expect(list.text()).toContain('1 new')
    await list.get('#conversation-rows').trigger('pointerleave', { pointerType: 'mouse' })
    expect(store.ids).toEqual(['3', '1', '2'])
    expect(store.arrivals).toEqual([])
    list.unmount()
  })

  it('selects with x and closes several, saying of each how it went', async () => {
    const { list, asked } = await opened({
      'POST /conversations/1/close': { ticket_id: '901', number: 1 },
      'POST /conversations/2/close': new Refusal(409, {
        code: 'ticket.none',
        detail: 'This conversation has no open ticket.',
      }),
    })
    press('x')
    press('j')
    await flushPromises()
    press('x')
    await settled(list)
    expect(list.text()).toContain('2 selected')
    await list
      .findAll('.bulk button')
      .find((one) => one.text() === 'Close')!
      .trigger('click')
    await settled(list)
    await list.get('#bulk-close').trigger('submit')
    expect(list.get('#bulk-close').text()).toContain('Choose a category')
    await list.get('#close-category select').setValue('Sales')
    await list.get('#bulk-close').trigger('submit')
    await settled(list)
    const closings = asked.filter((one) => one.path.endsWith('/close'))
    expect(closings.map((one) => one.body)).toEqual(
      [1, 2].map(() => ({ result: 'resolved', category: 'Sales', note: '' })),
    )
    expect(list.get('[role=alert]').text()).toContain('Bruno Gil')
    expect(list.get('[role=alert]').text()).toContain('no open ticket')
    expect(list.text()).toContain('1 selected')
    list.unmount()
  })

  /** The button of a bulk action, once two conversations are selected and what may be done to them is known. */
  async function button(name: string, transfers: Record<'agents' | 'queues' | 'numbers', boolean>) {
    const { list } = await opened({
      'GET /attention': (_: unknown, query: URLSearchParams) => ({
        transfers: query.get('inbox_ids') === '20' ? transfers : { agents: true, queues: true, numbers: true },
      }),
      'GET /queues': { items: [{ id: '7', name: 'Caja', waiting: 0 }] },
    })
    press('x')
    press('j')
    await flushPromises()
    press('x')
    await settled(list)
    const found = await vi.waitUntil(() => list.findAll('.bulk button').find((one) => one.text().startsWith(name)))
    return { list, found }
  }

  it('says why the selected are not transferred where their numbers do not allow it', async () => {
    const { list, found } = await button('Transfer', { agents: false, queues: false, numbers: true })
    expect(found.attributes('aria-disabled') ?? found.attributes('disabled')).toBeDefined()
    expect(list.html()).toContain('On these numbers tickets are not transferred.')
    list.unmount()
  })

  it('offers only the ways in which all of the selected may be transferred', async () => {
    const { list, found } = await button('Transfer', { agents: false, queues: true, numbers: true })
    await found.trigger('click')
    await settled(list)
    await vi.waitUntil(() => document.body.textContent.includes('Caja'))
    expect(document.body.textContent).not.toContain('Agents')
    expect(document.body.textContent).not.toContain('On these numbers')
    list.unmount()
  })

  it('has no violations, with filters and a selection', async () => {
    const { list } = await opened()
    await list.get('button.filter').trigger('click')
    press('x')
    await settled(list)
    expect(await violations(list.element)).toEqual([])
    list.unmount()
  })
})
