import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { answering, silence } from '@/testing/api'
import { violations } from '@/testing/axe'
import { template } from '@/testing/examples'
import { show } from '@/testing/mount'
import TemplateDrawer from './TemplateDrawer.vue'

const promo = template({ id: '301', name: 'promo_verano', category: 'MARKETING', quality: 'RED', language: 'pt_BR' })

async function drawer(items: unknown, optedOut = false) {
  answering({ 'GET /templates': items === silence ? silence : { items } })
  const wrapper = await show(TemplateDrawer, { open: true, inboxId: '20', contactName: 'Camila', optedOut })
  await flushPromises()
  return wrapper
}
type Drawer = Awaited<ReturnType<typeof drawer>>
const names = (wrapper: Drawer) => wrapper.findAll('.card b').map((one) => one.text())
const button = (wrapper: Drawer, text: string) => wrapper.findAll('button').find((one) => one.text() === text)!

describe('the drawer of templates', () => {
  enableAutoUnmount(afterEach)

  it('narrows by words, category, language and quality, and takes that back', async () => {
    const wrapper = await drawer([template(), promo])
    expect(wrapper.findAll('select')).toHaveLength(3)
    expect(await violations(wrapper.element)).toEqual([])
    await wrapper.findAll('select')[0]!.setValue('marketing')
    expect(names(wrapper)).toEqual(['promo_verano'])
    await wrapper.findAll('select')[2]!.setValue('green')
    expect(wrapper.text()).toContain('No template matches.')
    await button(wrapper, 'Remove filters').trigger('click')
    expect(names(wrapper)).toEqual(['recordatorio_pago', 'promo_verano'])
    await wrapper.get('input').setValue('verano')
    expect(names(wrapper)).toEqual(['promo_verano'])
  })

  it('offers only what agents use on the number', async () => {
    const unused = template({ id: '302', name: 'solo_otro', unused_inbox_ids: ['20'] })
    expect(names(await drawer([template(), unused, { ...promo, unused_inbox_ids: ['21'] }]))).toEqual([
      'recordatorio_pago',
      'promo_verano',
    ])
  })

  it('begins with what this person sent last', async () => {
    const first = await drawer([template(), promo])
    await first.findAll('.card')[1]!.trigger('click')
    for (const field of first.findAll('form input')) await field.setValue('x')
    await first.get('form').trigger('submit')
    expect(first.emitted('send')).toHaveLength(1)
    const again = await drawer([template(), promo])
    expect(names(again)).toEqual(['promo_verano', 'recordatorio_pago'])
    expect(again.findAll('h3').map((one) => one.text())).toEqual(['Used lately', 'The others'])
  })

  it('says why there is nothing to choose', async () => {
    expect((await drawer([])).text()).toContain('This number has no approved templates.')
    expect((await drawer([promo], true)).text()).toContain('This person wants no promotions')
    expect((await drawer(silence)).text()).toContain('The templates could not be loaded.')
  })
})
