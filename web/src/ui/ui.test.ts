import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import UiButton from './UiButton.vue'
import UiFileDrop from './UiFileDrop.vue'
import UiInput from './UiInput.vue'
import UiProblem from './UiProblem.vue'
import UiTabs from './UiTabs.vue'
import { Problem } from '@/api'

describe('UiButton', () => {
  it('says why it cannot be used, stays reachable by keyboard, and does nothing', async () => {
    let pressed = 0
    const button = mount(UiButton, {
      props: { disabled: true, reason: 'Choose an agent first.', onClick: () => pressed++ },
      slots: { default: 'Transfer' },
    })
    await button.trigger('click')
    expect(pressed).toBe(0)
    expect(button.attributes('disabled')).toBeUndefined()
    expect(button.attributes('aria-disabled')).toBe('true')
    expect(button.text()).toContain('Choose an agent first.')
  })
})

describe('UiInput', () => {
  it('ties its label and its error to the field', async () => {
    const field = await show(UiInput, { label: 'Name', error: 'Too long.' })
    const input = field.get('input')
    expect(field.get('label').attributes('for')).toBe(input.attributes('id'))
    expect(document.getElementById(input.attributes('aria-describedby')!)?.textContent).toBe('Too long.')
    expect(await violations(field.element)).toEqual([])
  })
})

describe('UiFileDrop', () => {
  const asked = { label: 'Choose a sheet', accept: '.csv', busy: false, part: 0, going: 'Sending agenda.csv' }

  it('takes the first of what is dropped, and says how much has gone', async () => {
    const taken: string[] = []
    const drop = await show(UiFileDrop, { ...asked, onTake: (file: File) => taken.push(file.name) })
    const files = [new File(['a'], 'agenda.csv'), new File(['b'], 'other.csv')]
    await drop.get('.drop').trigger('drop', { dataTransfer: { files } })
    await drop.get('.drop').trigger('drop', { dataTransfer: { files: [] } })
    expect(taken).toEqual(['agenda.csv'])
    expect(drop.find('progress').exists()).toBe(false)
    await drop.setProps({ busy: true, part: 0.256 })
    expect(drop.get('progress').attributes('value')).toBe('0.256')
    expect(drop.text()).toContain('Sending agenda.csv')
    expect(drop.text()).toContain('26')
    expect(await violations(drop.element)).toEqual([])
  })

  it('is a button alone when it is small', async () => {
    const drop = await show(UiFileDrop, { ...asked, small: true })
    expect(drop.find('.drop').exists()).toBe(false)
    expect(drop.get('button').text()).toBe('Choose a sheet')
  })
})

describe('UiTabs', () => {
  it('moves with the arrows and is one tab stop', async () => {
    const tabs = mount(UiTabs, {
      attachTo: document.body,
      props: {
        label: 'Views',
        controls: 'panel',
        modelValue: 'a',
        tabs: [
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B', count: 3 },
        ],
        'onUpdate:modelValue': (value: string) => tabs.setProps({ modelValue: value }),
      },
    })
    await tabs.get('[aria-selected=true]').trigger('keydown', { key: 'ArrowRight' })
    expect(tabs.get('[aria-selected=true]').text()).toBe('B 3')
    expect(tabs.findAll('[tabindex="0"]')).toHaveLength(1)
  })
})

describe('UiProblem', () => {
  it('says what failed, offers Retry, and keeps codes under Details', async () => {
    let retries = 0
    const problem = await show(UiProblem, {
      what: 'The list could not be loaded.',
      error: new Problem(503, 'unavailable', 'A part we need is down.', '', {}, 'req-1'),
      retry: () => retries++,
    })
    expect(problem.text()).toContain('A part we need is down.')
    expect(problem.get('details').text()).toContain('req-1')
    await problem.get('button').trigger('click')
    expect(retries).toBe(1)
    expect(await violations(problem.element)).toEqual([])
  })
})
