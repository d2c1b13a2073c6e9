import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, reactive, shallowRef } from 'vue'
import type { Message } from '@/api'
import { useLive } from '@/live'
import { message, row } from '@/testing/examples'
import { begin } from '@/testing/mount'
import type { Draft } from './draft.store'
import { useLooking } from './looking.store'
import { useCollision } from './useCollision'

const empty = (): Draft => ({
  reply: '',
  note: '',
  mode: 'reply',
  named: [],
  replyTo: null,
  attachments: [],
  other: {},
})

describe('two people at one conversation', () => {
  beforeEach(async () => {
    await begin()
  })

  function at(draft: Draft, messages: { value: Message[] }, held: { value: ReturnType<typeof row> }) {
    let out!: ReturnType<typeof useCollision>
    const wrapper = mount(
      defineComponent(() => {
        out = useCollision(
          '100',
          draft,
          () => messages.value,
          () => held.value,
        )
        return () => h('i')
      }),
    )
    return { ...out, wrapper }
  }

  it('remembers what was seen when the writing began, not when it was sent', async () => {
    const draft = reactive(empty())
    const messages = shallowRef([message({ id: '9' })])
    const { seenThrough } = at(draft, messages, shallowRef(row()))
    draft.reply = 'H'
    await nextTick()
    messages.value = [...messages.value, message({ id: '10' })]
    draft.reply = 'Hola'
    await nextTick()
    expect(seenThrough()).toBe('9')
    draft.reply = ''
    await nextTick()
    draft.reply = 'Otra'
    await nextTick()
    expect(seenThrough()).toBe('10')
  })

  it('says who took it while there are words, which stay', async () => {
    const draft = reactive(empty())
    const held = shallowRef(row({ assignee: null }))
    const { takenBy } = at(draft, shallowRef([message()]), held)
    held.value = row({ assignee: { id: '8', name: 'Luis Rey' } })
    await nextTick()
    expect(takenBy.value).toBe('')
    draft.reply = 'Déjame ver'
    await nextTick()
    held.value = row({ assignee: { id: '9', name: 'Olga Prado' } })
    await nextTick()
    expect(takenBy.value).toBe('Olga Prado')
    expect(draft.reply).toBe('Déjame ver')
  })

  it('knows the others who look, without itself, and forgets them when it leaves', () => {
    const { wrapper } = at(reactive(empty()), shallowRef([]), shallowRef(row()))
    const looking = useLooking()
    const people = [
      { id: '7', name: 'Ana Sosa', writing: false },
      { id: '8', name: 'Luis Rey', writing: true },
    ]
    useLive().tell({ kind: 'looking', conversation_id: '100', people })
    expect(looking.others('100').map((one) => one.name)).toEqual(['Luis Rey'])
    wrapper.unmount()
    expect(looking.others('100')).toEqual([])
  })
})
