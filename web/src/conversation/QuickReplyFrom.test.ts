import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { answering, silence } from '@/testing/api'
import { show } from '@/testing/mount'
import QuickReplyFrom from './QuickReplyFrom.vue'

const category = { id: '1', name: 'Shipping', replies: 0 }

describe('a quick reply from a message', () => {
  enableAutoUnmount(afterEach)

  it('opens the form with the words', async () => {
    answering({ 'GET /quick-reply-categories': { items: [category] }, 'GET /quick-reply-variables': { items: [] } })
    const wrapper = await show(QuickReplyFrom, { text: 'It leaves today 👍🏽' })
    await flushPromises()
    expect((wrapper.get('textarea').element as HTMLTextAreaElement).value).toBe('It leaves today 👍🏽')
  })

  it('names the first category before', async () => {
    answering({
      'GET /quick-reply-categories': { items: [] },
      'POST /quick-reply-categories': category,
      'GET /quick-reply-variables': { items: [] },
    })
    const wrapper = await show(QuickReplyFrom, { text: 'It leaves today' })
    await flushPromises()
    await wrapper.get('input').setValue('Shipping')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.emitted('closed')).toBeUndefined()
    expect((wrapper.get('textarea').element as HTMLTextAreaElement).value).toBe('It leaves today')
    expect((wrapper.get('select').element as HTMLSelectElement).value).toBe('1')
  })

  it('ends when there is no network, and when no category is named', async () => {
    answering({ 'GET /quick-reply-categories': silence })
    const away = await show(QuickReplyFrom, { text: 'x' })
    await flushPromises()
    expect(away.emitted('closed')).toHaveLength(1)
    answering({ 'GET /quick-reply-categories': { items: [] } })
    const wrapper = await show(QuickReplyFrom, { text: 'x' })
    await flushPromises()
    wrapper.get('dialog').element.dispatchEvent(new Event('close'))
    expect(wrapper.emitted('closed')).toHaveLength(1)
  })
})
