import { PiniaColada } from '@pinia/colada'
import { mount } from '@vue/test-utils'
import { createMemoryHistory, createRouter } from 'vue-router'
import { describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { useSession } from '@/account'
import { i18n } from '@/i18n'
import { answering } from '@/testing/api'
import { violations } from '@/testing/axe'
import { begin } from '@/testing/mount'
import AppRail from './AppRail.vue'
import { menu, type MenuGroup } from './menu'

const icon = defineComponent({ render: () => h('svg') })
const table: MenuGroup[] = [
  {
    name: 'attention',
    icon,
    entries: [
      { path: '/desk', name: 'desk', icon, area: 'desk', direct: true, phone: true },
      { path: '/hidden', name: 'more', icon, area: 'organization', direct: true },
    ],
  },
  {
    name: 'campaign',
    icon,
    entries: [
      { path: '/one', name: 'campaigns', icon, area: 'contacts' },
      { path: '/two', name: 'more', icon, area: 'contacts' },
      { path: '/not-built', name: 'more', icon, area: 'contacts' },
    ],
  },
]

async function rail(at = '/desk', pinned = false) {
  const pinia = await begin()
  const page = { render: () => null }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      ...['/desk', '/hidden', '/one', '/two'].map((path) => ({ path, component: page })),
      { path: '/:rest(.*)*', name: 'missing', component: page },
    ],
  })
  await router.push(at)
  useSession().me!.user.preferences = { menuPinned: pinned }
  const wrapper = mount(AppRail, {
    props: { table },
    attachTo: document.body,
    global: { plugins: [pinia, PiniaColada, i18n, router] },
  })
  return { wrapper, router }
}

describe('the menu', () => {
  it('shows direct entries, groups of several, and nothing that may not be seen or is not built', async () => {
    const { wrapper } = await rail()
    expect(wrapper.findAll('.rail a').map((a) => a.attributes('href'))).toEqual(['/desk'])
    expect(wrapper.get('.rail button').text()).toBe('Campaigns')
    await wrapper.get('.rail button').trigger('click')
    expect(wrapper.findAll('.panel a').map((a) => a.attributes('href'))).toEqual(['/one', '/two'])
    expect(await violations(wrapper.element)).toEqual([])
  })

  it('is used by keys alone: opens on its first page, arrows move, Esc gives the focus back', async () => {
    const { wrapper } = await rail()
    const button = wrapper.get('.rail button')
    await button.trigger('click')
    await new Promise((done) => setTimeout(done))
    expect(document.activeElement?.getAttribute('href')).toBe('/one')
    await wrapper.get('.panel a').trigger('keydown', { key: 'ArrowDown' })
    expect(document.activeElement?.getAttribute('href')).toBe('/two')
    await wrapper.get('.panel a').trigger('keydown', { key: 'Escape' })
    expect(wrapper.find('.panel').exists()).toBe(false)
    expect(document.activeElement).toBe(button.element)
    expect(button.attributes('aria-expanded')).toBe('false')
  })

  it('stays beside its pages when pinned, and only there', async () => {
    expect((await rail('/one', true)).wrapper.get('.panel').classes()).not.toContain('over')
    expect((await rail('/desk', true)).wrapper.find('.panel').exists()).toBe(false)
  })

  it('keeps the pin with the person', async () => {
    const asked = answering({ 'PATCH /me': {} })
    const { wrapper } = await rail('/one')
    await wrapper.get('.rail button').trigger('click')
    await wrapper.get('.panel button').trigger('click')
    expect(asked.at(-1)?.body).toEqual({ preferences: { menuPinned: true } })
    expect(wrapper.get('.panel').classes()).not.toContain('over')
  })

  it('has letters and paths that lead to one place each', () => {
    const all = menu.flatMap((group) => group.entries)
    const letters = all.flatMap((entry) => entry.letter ?? [])
    expect(new Set(letters).size).toBe(letters.length)
    expect(new Set(all.map((entry) => entry.path)).size).toBe(all.length)
  })
})
