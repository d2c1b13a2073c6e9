import { afterEach, describe, expect, it } from 'vitest'
import type { Message } from '@/api'
import { violations } from '@/testing/axe'
import { message } from '@/testing/examples'
import { show } from '@/testing/mount'
import MessageBubble from './MessageBubble.vue'

const bubble = (change: Partial<Message>, more = {}) =>
  show(MessageBubble, {
    message: message(change),
    starts: true,
    ends: true,
    reactions: [],
    tapped: '',
    me: '7',
    ...more,
  })

describe('a message', () => {
  afterEach(() => (document.body.innerHTML = ''))

  it('shows markup as the words it is, with the direction of its script', async () => {
    const words = '<script>alert(1)</script><img src=x onerror=alert(2)>'
    const wrapper = await bubble({ text: words })
    expect(wrapper.text()).toContain(words)
    expect(wrapper.find('script, img').exists()).toBe(false)
    expect(wrapper.find('p[dir=auto]').exists()).toBe(true)
  })

  it('goes to what it quotes', async () => {
    const wrapper = await bubble({ reply_to: { id: '5', text: 'Before', kind: 'text' } })
    await wrapper.get('button.quote').trigger('click')
    expect(wrapper.emitted('jump')).toEqual([['5']])
  })

  it('marks the button the person tapped', async () => {
    const wrapper = await bubble(
      { kind: 'template', direction: 'out', content: { rendered: { body: 'Hi', buttons: ['Yes', 'No'] } } },
      { tapped: 'Yes' },
    )
    expect(wrapper.find('.tapped').text()).toContain('Yes')
  })

  it('marks whom a note names, the reader before all', async () => {
    const mentions = [
      { user_id: '7', name: 'Ana Sosa' },
      { user_id: '8', name: 'Luis' },
    ]
    const text = '@Luis, mira con @Ana Sosa'
    const wrapper = await bubble({ direction: 'note', text, content: { mentions } })
    expect(wrapper.findAll('b').map((one) => one.text())).toEqual(['@Luis', '@Ana Sosa'])
    expect(wrapper.get('.me').text()).toBe('@Ana Sosa')
    expect(wrapper.get('.words').element.textContent).toBe(text)
  })

  it('says that it was taken back, and shows its words only when they came', async () => {
    const withheld = await bubble({ text: '', revoked_at: 1 })
    expect(withheld.text()).toContain('deleted by its author')
    const shown = await bubble({ text: 'secret', revoked_at: 1 })
    expect(shown.text()).toContain('secret')
  })

  it('offers to retry and to delete what failed, and a decision on what is unconfirmed', async () => {
    const failed = await bubble({
      direction: 'out',
      status: 'failed',
      error: { code: 1, class: 'x', words: 'Why', detail: '' },
    })
    expect(failed.get('[role=alert]').text()).toBe('Why')
    expect(failed.findAll('button').map((one) => one.text())).toEqual(['Retry', 'Delete', 'Details'])
    const open = await bubble({ direction: 'out', status: 'unconfirmed' })
    expect(open.findAll('button').map((one) => one.text())).toEqual(['Send again', 'Do not send again', 'Details'])
  })

  it('has no violations, whatever its kind', async () => {
    for (const change of [
      { kind: 'location', content: { location: { latitude: 1, longitude: 2 } } },
      { kind: 'contacts', content: { cards: [{ name: 'Luis', phones: ['+54 11'] }] } },
      { kind: 'flow_answer', content: { answers: { size: 'L' } } },
      { kind: 'order', content: { order: { product_items: [] } } },
      { kind: 'unsupported' },
    ] satisfies Partial<Message>[]) {
      await bubble(change)
    }
    expect(await violations(document.body)).toEqual([])
  }, 15_000)
})
