import { PiniaColada } from '@pinia/colada'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useSession } from '@/account'
import { i18n } from '@/i18n'
import { useLive } from '@/live'
import { answering, Refusal, silence } from '@/testing/api'
import { violations } from '@/testing/axe'
import { begin } from '@/testing/mount'
import QuickReplyPage from './QuickReplyPage.vue'

const shipping = { id: '1', name: 'Shipping', replies: 1 }
const late = {
  id: '5',
  category_id: '1',
  category_name: 'Shipping',
  title: 'Late',
  body: 'Order {{number}} is late.',
  whole: true,
  size: 25,
  uses: 3,
  updated_at: 0,
}

let answers: Record<string, unknown>
let asked: ReturnType<typeof answering>

async function page(path = '/quick-replies', desk: 'view' | 'edit' = 'edit') {
  const pinia = await begin()
  useSession().me!.permissions.areas.desk = desk
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/quick-replies/:category(\\d+)?', name: 'quickReplies', component: QuickReplyPage }],
  })
  await router.push(path)
  const wrapper = mount(QuickReplyPage, {
    attachTo: document.body,
    global: { plugins: [pinia, PiniaColada, i18n, router] },
  })
  await flushPromises()
  return wrapper
}
const button = (wrapper: Awaited<ReturnType<typeof page>>, text: string) =>
  wrapper.findAll('button').find((one) => one.text().startsWith(text))
const sent = (method: string) => asked.filter((one) => one.method === method)

describe('the page of quick replies', () => {
  beforeEach(() => {
    document.body.innerHTML = '<div id="layers"></div>'
    answers = {
      'GET /quick-reply-categories': { items: [shipping] },
      'GET /quick-replies': { items: [late], next: '' },
      'GET /quick-reply-variables': { items: [] },
    }
    asked = answering(answers)
  })
  enableAutoUnmount(afterEach)

  it('shows the replies with their slots marked, without violations', async () => {
    const wrapper = await page()
    expect(wrapper.text()).toContain('Late')
    expect(wrapper.text()).toContain('used 3 times')
    expect(wrapper.get('mark').text()).toBe('{{number}}')
    expect(await violations(wrapper.element)).toEqual([])
  })

  it('begins with a category, or with five examples of its own', async () => {
    answers['GET /quick-reply-categories'] = { items: [] }
    answers['GET /quick-replies'] = { items: [], next: '' }
    answers['POST /quick-reply-categories'] = shipping
    const wrapper = await page()
    expect(button(wrapper, 'New reply')).toBeUndefined()
    await button(wrapper, 'Add 5 ready examples')!.trigger('click')
    await flushPromises()
    const [made] = sent('POST').map((one) => one.body as { replies: { body: string }[] })
    expect(made!.replies).toHaveLength(5)
    expect(made!.replies[0]!.body).toContain('{{contact.first_name}}')
  })

  it('writes a reply into the chosen category, and says in its field why one was refused', async () => {
    answers['POST /quick-replies'] = new Refusal(422, { code: 'x', field: 'title', detail: 'That title is taken.' })
    const wrapper = await page('/quick-replies/1')
    await button(wrapper, 'New reply')!.trigger('click')
    await flushPromises()
    const form = wrapper.get('dialog form')
    await form.get('input').setValue('Late')
    await form.get('textarea').setValue('Sorry')
    await form.trigger('submit')
    await flushPromises()
    expect(sent('POST')[0]!.body).toEqual({ category_id: '1', title: 'Late', body: 'Sorry' })
    expect(wrapper.get('dialog').text()).toContain('That title is taken.')
    answers['POST /quick-replies'] = late
    await form.trigger('submit')
    await flushPromises()
    expect(wrapper.find('dialog').exists()).toBe(false)
  })

  it('reads a long text whole before it is changed', async () => {
    answers['GET /quick-replies'] = { items: [{ ...late, whole: false }], next: '' }
    answers['GET /quick-replies/5'] = { ...late, body: 'All of it' }
    const wrapper = await page()
    await button(wrapper, 'Late')!.trigger('click')
    await flushPromises()
    expect((wrapper.get('dialog textarea').element as HTMLTextAreaElement).value).toBe('All of it')
  })

  it('lets those who may only read read', async () => {
    const reader = await page('/quick-replies', 'view')
    expect(button(reader, 'New reply')!.attributes('title')).toContain('not change them')
    expect(reader.findAll('[aria-label="Delete Late"]')).toHaveLength(0)
  })

  it('keeps what it shows when the network goes, and reads anew when others change something', async () => {
    const wrapper = await page()
    answers['GET /quick-replies'] = { items: [{ ...late, title: 'Later' }], next: '' }
    useLive().tell({ kind: 'quick_replies' })
    await vi.waitFor(() => expect(wrapper.text()).toContain('Later'))
    answers['GET /quick-replies'] = silence
    useLive().tell({ kind: 'quick_replies' })
    await vi.waitFor(() => expect(wrapper.text()).toContain('The quick replies could not be loaded.'))
    expect(wrapper.text()).toContain('Later')
  })
})
