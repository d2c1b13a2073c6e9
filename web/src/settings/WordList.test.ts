import { describe, expect, it } from 'vitest'
import { wantWords } from '@/i18n'
import { show } from '@/testing/mount'
import WordList from './WordList.vue'

async function list(words: string[]) {
  const wrapper = await show(WordList, { modelValue: words, label: 'Results', error: '', disabled: false })
  await wantWords('attention')
  return wrapper
}

describe('a list of words', () => {
  it('adds on Enter, on a comma and on leaving, and nothing twice', async () => {
    const wrapper = await list(['Sold'])
    const field = wrapper.get('input')
    await field.setValue('Won')
    await field.trigger('keydown', { key: 'Enter' })
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([['Sold', 'Won']])
    await field.setValue('lost, SOLD')
    await field.trigger('blur')
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([['Sold', 'Won', 'lost']])
    wrapper.unmount()
  })

  it('removes', async () => {
    const wrapper = await list(['Sold', 'Won'])
    await wrapper.get('li button').trigger('click')
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([['Won']])
    wrapper.unmount()
  })
})
