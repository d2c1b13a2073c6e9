import { mount } from '@vue/test-utils'
import { defineComponent, ref } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import UiMenu from './UiMenu.vue'
import UiMenuItem from './UiMenuItem.vue'
import UiPopover from './UiPopover.vue'

beforeEach(() => {
  document.body.innerHTML = '<div id="layers"></div>'
})

const focused = () => document.activeElement?.textContent
const press = (key: string) =>
  document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }))

describe('UiMenu', () => {
  const Menu = defineComponent({
    components: { UiMenu, UiMenuItem },
    setup: () => ({ picked: ref('') }),
    template: `<UiMenu label="More"><template #trigger><button>Open</button></template>
      <UiMenuItem @pick="picked = 'one'">One</UiMenuItem><UiMenuItem>Two</UiMenuItem></UiMenu><p>{{ picked }}</p>`,
  })

  it('opens by key the very first time on its first entry, and gives the focus back', async () => {
    const shown = mount(Menu, { attachTo: document.body })
    const button = shown.get('button').element
    button.focus()
    button.click()
    await vi.waitFor(() => expect(focused()).toBe('One'), 5000)
    expect(button.getAttribute('aria-expanded')).toBe('true')
    expect(document.activeElement!.closest('[role=menu]')!.id).toBe(button.getAttribute('aria-controls'))
    press('Enter')
    await vi.waitFor(() => expect(document.activeElement).toBe(button))
    expect(shown.get('p').text()).toBe('one')
    expect(button.getAttribute('aria-expanded')).toBe('false')
    expect(button.hasAttribute('aria-controls')).toBe(false)
  })

  it('asks for its code when the focus comes, and not before', async () => {
    const shown = mount(Menu, { attachTo: document.body })
    expect(shown.findComponent({ name: 'DropdownMenuRoot' }).exists()).toBe(false)
    shown.get('button').element.focus()
    await vi.waitFor(() => expect(shown.findComponent({ name: 'DropdownMenuRoot' }).exists()).toBe(true))
    expect(shown.get('button').attributes('aria-expanded')).toBe('false')
  })
})

describe('UiPopover', () => {
  const Popover = defineComponent({
    components: { UiPopover },
    setup: () => ({ open: ref(false) }),
    template: `<UiPopover v-model:open="open" label="Assign"><template #trigger><button>Assign</button></template>
      <input aria-label="Search" /></UiPopover>`,
  })

  it('opens without its button having been reached, and Esc leads back to the button', async () => {
    const shown = mount(Popover, { attachTo: document.body })
    shown.vm.open = true
    await vi.waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Search'), 5000)
    const button = shown.get('button').element
    expect(document.activeElement!.closest('[role=dialog]')!.id).toBe(button.getAttribute('aria-controls'))
    press('Escape')
    await vi.waitFor(() => expect(document.activeElement).toBe(button))
    expect(shown.vm.open).toBe(false)
  })
})
