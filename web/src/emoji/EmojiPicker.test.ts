import { enableAutoUnmount, flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import EmojiPicker from './EmojiPicker.vue'
import { step } from './grid'

const emoji = (annotation: string, sign: string, more = {}) => ({
  annotation,
  emoji: sign,
  order: 1,
  version: 1,
  tags: [],
  ...more,
})
const some = [emoji('truck', '🚚'), emoji('waving hand', '👋', { skins: [{ tone: 3, emoji: '👋🏽' }] })]

describe('the picker where the browser keeps no database', () => {
  beforeEach(() => {
    vi.stubGlobal('indexedDB', undefined)
    vi.stubGlobal('fetch', async () => Response.json(some))
    localStorage.setItem('recado.tone.7', '["3"]')
  })
  afterEach(() => vi.unstubAllGlobals())
  enableAutoUnmount(afterEach)

  const open = async () => {
    const wrapper = await show(EmojiPicker)
    await flushPromises()
    await vi.dynamicImportSettled()
    await flushPromises()
    return wrapper
  }
  const offered = (wrapper: Awaited<ReturnType<typeof open>>, label: string) =>
    wrapper.findAll(`[aria-label="${label}"] button`).map((one) => one.text())

  it('searches in words, in the tone of skin chosen last', async () => {
    const wrapper = await open()
    expect(offered(wrapper, 'Emojis')).toEqual(['🚚', '👋🏽'])
    await wrapper.get('input').setValue('hánd')
    expect(offered(wrapper, 'Emojis')).toEqual(['👋🏽'])
    await wrapper.get('input').setValue('nothing')
    expect(wrapper.text()).toContain('No emoji has that name.')
    expect(await violations(wrapper.element)).toEqual([])
  })

  it('offers the last 24 again, the newest first, and bears what was kept wrongly', async () => {
    const first = await open()
    await first.get('[aria-label="truck"]').trigger('click')
    expect(first.emitted('pick')).toEqual([['🚚']])
    const kept = Array.from({ length: 30 }, (_, at) => `a${at}`)
    localStorage.setItem('recado.emoji.7', JSON.stringify([...kept, 7]))
    expect(offered(await open(), 'Used lately')).toEqual(kept.slice(0, 24))
    localStorage.setItem('recado.emoji.7', '{')
    expect(offered(await open(), 'Used lately')).toEqual([])
  })

  it('has one stop for Tab in a grid', async () => {
    const wrapper = await open()
    expect(wrapper.findAll('[aria-label="Emojis"] button').map((one) => one.attributes('tabindex'))).toEqual([
      '0',
      '-1',
    ])
    await wrapper.get('[aria-label="Emojis"]').trigger('keydown', { key: 'End' })
    expect(document.activeElement?.textContent?.trim()).toBe('👋🏽')
    await flushPromises()
    expect(wrapper.findAll('[aria-label="Emojis"] button').map((one) => one.attributes('tabindex'))).toEqual([
      '-1',
      '0',
    ])
  })
})

describe('steps in a grid', () => {
  // Seven items in rows of three.
  const items = Array.from({ length: 7 }, (_, at) => ({ offsetTop: Math.floor(at / 3) * 40 }) as HTMLElement)
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 6, undefined],
    ['ArrowLeft', 0, undefined],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 5, undefined],
    ['ArrowUp', 6, 3],
    ['Home', 4, 0],
    ['End', 4, 6],
    ['a', 4, undefined],
  ])('%s from %i', (key, from, to) => expect(step(key, from, items)).toBe(to))
  it('are none without items', () => expect(step('ArrowDown', 0, [])).toBeUndefined())
})
