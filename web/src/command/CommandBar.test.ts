import { flushPromises, mount } from '@vue/test-utils'
import { PiniaColada } from '@pinia/colada'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useDrafts } from '@/conversation'
import { i18n, wantWords } from '@/i18n'
import { answering } from '@/testing/api'
import { violations } from '@/testing/axe'
import { begin } from '@/testing/mount'
import { useActions } from '@/ui'
import CommandBar from './CommandBar.vue'
import { noteOpened, recentIds } from './recent'

const icon = defineComponent({ render: () => h('svg') })
const screens = [{ path: '/campaigns', name: 'campaigns', icon, letter: 'a' }]
const conversation = {
  id: '7',
  contact_name: 'Ana',
  inbox_label: 'Ventas',
  channel: 'whatsapp',
  state: 'open',
  last_message_at: 1,
}
const answer = {
  people: [{ id: '1', name: 'María Núñez', address_display: '+55 31', conversations: [conversation] }],
  messages: [{ id: '3', conversation, direction: 'in', author: '', excerpt: '¿Dónde está mi pedido?', at: 1 }],
  tickets: [],
}

async function bar(run = vi.fn()) {
  const pinia = await begin()
  await wantWords('command')
  const page = { render: () => null }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/desk/:id?', name: 'desk', component: page },
      { path: '/campaigns', component: page },
    ],
  })
  await router.push('/desk')
  const asked = answering({
    'GET /search': answer,
    'GET /conversations/9/quick-replies': {
      items: [{ id: '3', title: 'Gracias', body: 'Gracias, {{contact.name}}.' }],
    },
    'POST /conversations/9/quick-replies/3/use': { id: '3', title: 'Gracias', body: 'Gracias, Ana.' },
  })
  const host = defineComponent({
    setup() {
      useActions(() => [
        { id: 'ticket.close', label: 'Close the ticket', likely: true, keys: ['e'], run },
        { id: 'ticket.assign', label: 'Assign the ticket', reason: 'No open ticket', run },
      ])
      return () => h(CommandBar, { screens })
    },
  })
  const wrapper = mount(host, { attachTo: document.body, global: { plugins: [pinia, PiniaColada, i18n, router] } })
  await flushPromises()
  const input = wrapper.get('input')
  const type = async (text: string) => {
    vi.useFakeTimers()
    await input.setValue(text)
    await vi.advanceTimersByTimeAsync(200)
    vi.useRealTimers()
    await flushPromises()
  }
  return { wrapper, router, input, type, asked, run }
}

afterEach(() => {
  sessionStorage.clear()
  document.body.innerHTML = ''
})

describe('the command bar', () => {
  it('shows what can be done here before anything is typed, and asks nothing', async () => {
    const { wrapper, asked } = await bar()
    expect(wrapper.text()).toContain('Close the ticket')
    expect(wrapper.text()).toContain('Go to Active messages')
    expect(wrapper.text()).not.toContain('Assign')
    expect(asked).toEqual([])
  })

  it('finds an action by a synonym in another language and runs it with Enter', async () => {
    const { type, input, run } = await bar()
    await type('fechar')
    await input.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(run).toHaveBeenCalledOnce()
  })

  it('says why an action cannot be used, and does not run it', async () => {
    const { type, input, run, wrapper } = await bar()
    await type('>assign')
    expect(wrapper.text()).toContain('No open ticket')
    await input.trigger('keydown', { key: 'Enter' })
    expect(run).not.toHaveBeenCalled()
  })

  it('finds people and messages, marks the words, and opens the conversation chosen by key', async () => {
    const { type, input, wrapper, router } = await bar()
    await type('pedi')
    expect(wrapper.findAll('[role=option]').map((one) => one.text())).toHaveLength(2)
    expect(wrapper.get('mark').text()).toBe('pedido')
    await input.trigger('keydown', { key: 'ArrowDown' })
    const active = input.attributes('aria-activedescendant')
    expect(wrapper.get('[aria-selected=true]').attributes('id')).toBe(active)
    await input.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(router.currentRoute.value.params.id).toBe('7')
  })

  it('puts a quick reply behind what is begun in the open conversation', async () => {
    const { type, input, wrapper, router, asked } = await bar()
    await router.push({ name: 'desk', params: { id: '9' } })
    const drafts = useDrafts()
    drafts.of('9').reply = 'Hola.'
    await type('/gra')
    expect(wrapper.get('[role=option]').text()).toContain('Gracias')
    await input.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(drafts.of('9').reply).toBe('Hola. Gracias, Ana.')
    expect(asked.map((one) => one.path)).toContain('/conversations/9/quick-replies/3/use')
  })

  it('has no accessibility violations', async () => {
    const { type, wrapper } = await bar()
    await type('maria')
    expect(await violations(wrapper.element as Element)).toEqual([])
  })
})

describe('recent conversations', () => {
  it('are the last six opened, each once', () => {
    for (const id of ['1', '2', '3', '4', '5', '6', '7', '2']) noteOpened(id)
    expect(recentIds()).toEqual(['2', '7', '6', '5', '4', '3'])
    sessionStorage.setItem('recado.recent', '{')
    expect(recentIds()).toEqual([])
  })
})
