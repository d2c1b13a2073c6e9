import { enableAutoUnmount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wantWords } from '@/i18n'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import HeaderFields from './HeaderFields.vue'
import ResultFields from './ResultFields.vue'
import WaitFields, { type Wait } from './WaitFields.vue'

enableAutoUnmount(afterEach)
beforeEach(() => wantWords('flow'))

const last = <T>(wrapper: { emitted: (name: string) => unknown[][] | undefined }) =>
  wrapper.emitted('update:modelValue')!.at(-1)![0] as T

describe('the headers of a request', () => {
  const kept = { name: 'Authorization', kept: 'AbC', kept_by: 'Olga Prado', kept_at: Date.UTC(2026, 10, 27, 15) }
  const fields = (modelValue: object[] | undefined, more = {}) =>
    show(HeaderFields, { modelValue, disabled: false, errorOf: () => '', ...more })

  it('show a secret as kept, by whom and since when, and change it by writing', async () => {
    const wrapper = await fields([kept])
    const [, value] = wrapper.findAll('input')
    expect(value!.element.value).toBe('')
    expect(value!.attributes('placeholder')).toBe('••••••••')
    expect(wrapper.text()).toContain('Sealed since Nov 27, 2026 by Olga Prado')
    await value!.setValue('nueva')
    expect(last(wrapper)).toEqual([{ ...kept, value: 'nueva' }])
    await value!.setValue('')
    expect(last(wrapper)).toEqual([{ ...kept, value: undefined }])
    expect(await violations(wrapper.element.parentElement!)).toEqual([])
  })

  it('are added and removed, say what is wrong at their field, and ten are enough', async () => {
    const wrapper = await fields(undefined)
    await wrapper.get('button').trigger('click')
    expect(last(wrapper)).toEqual([{ name: '', value: '' }])
    const wrong = await fields([kept, kept], {
      errorOf: (field: string) => (field === 'request.headers.1.name' ? 'Twice' : ''),
    })
    expect(wrong.findAll('li')[1]!.text()).toContain('Twice')
    await wrong.findAll('li button')[0]!.trigger('click')
    expect(last<object[]>(wrong)).toHaveLength(1)
    const full = await fields(Array.from({ length: 10 }, () => kept))
    expect(full.findAll('button').at(-1)!.attributes('disabled')).toBeDefined()
  })
})

describe('what is kept of an answer', () => {
  it('is named part by part, and not kept any more', async () => {
    const modelValue = [
      { path: 'order.state', name: 'State' },
      { path: 'order.at', name: 'At' },
    ]
    const wrapper = await show(ResultFields, { modelValue, disabled: false, errorOf: () => '' })
    await wrapper.findAll('input')[3]!.setValue('Since')
    expect(last(wrapper)).toEqual([modelValue[0], { path: 'order.at', name: 'Since' }])
    await wrapper.findAll('li button')[0]!.trigger('click')
    expect(last(wrapper)).toEqual([{ path: 'order.at', name: 'Since' }])
    await wrapper.findAll('button').at(-1)!.trigger('click')
    expect(last<object[]>(wrapper)).toHaveLength(2)
  })
})

describe('a wait', () => {
  const fields = (modelValue: Wait) => show(WaitFields, { modelValue, most: 1440, disabled: false, error: '' })

  it('counts minutes, minutes of the opening hours, or none', async () => {
    const wrapper = await fields({ minutes: 5 })
    await wrapper.get('select').setValue('hours')
    expect(last(wrapper)).toEqual({ minutes: 5, within_hours: true })
    await wrapper.get('select').setValue('open')
    expect(last(wrapper)).toEqual({ until: 'open' })
    const open = await fields({ until: 'open' })
    expect(open.findAll('input')).toHaveLength(0)
    await open.get('select').setValue('minutes')
    expect(last(open)).toEqual({ minutes: 10 })
    const within = await fields({ minutes: 5, within_hours: true })
    await within.get('input').setValue('90')
    expect(last(within)).toEqual({ minutes: 90, within_hours: true })
  })
})
