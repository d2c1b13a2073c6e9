import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest'
import { effectScope, ref } from 'vue'
import { api, Problem } from '@/api'
import type { BotSettings } from '@/api/generated/types.gen'
import { settings } from '@/testing/chatbot'
import { usePlay } from './usePlay'

const said = (text: string) => ({ what: 'answer', text })

describe('playing a chatbot', () => {
  let post: MockInstance<typeof api.post>
  beforeEach(() => {
    vi.useFakeTimers()
    post = vi.spyOn(api, 'post').mockImplementation((_path, body) => {
      const input = body as { kind: string; text?: string; settings: BotSettings }
      if (input.settings.greeting.first === '')
        return Promise.reject(new Problem(400, 'bot.x', 'Wrong', 'greeting.first'))
      const text = input.kind === 'opened' ? input.settings.greeting.first : 'You said ' + input.text
      const handoff = input.text === 'people'
      return Promise.resolve({ said: [said(text)], state: { stage: 'faq' }, handoff, queue_id: handoff ? '7' : '' })
    })
  })

  afterEach(() => void vi.useRealTimers())

  async function play() {
    const form = ref(settings())
    const scope = effectScope()
    const it = scope.run(() =>
      usePlay(
        () => '5',
        form,
        () => 'Julia',
      ),
    )!
    await vi.runAllTimersAsync()
    await flushPromises()
    return { form, it, end: () => scope.stop() }
  }
  const texts = (it: ReturnType<typeof usePlay>) =>
    it.lines.value.map((line) =>
      line.from === 'bot' ? line.said.text : line.from === 'person' ? '> ' + line.text : '→ ' + line.queue,
    )

  it('goes step by step until people take over', async () => {
    const { it, end } = await play()
    await it.act({ kind: 'wrote', text: 'hi' })
    await it.act({ kind: 'wrote', text: 'people' })
    await it.act({ kind: 'wrote', text: 'are you there?' })
    expect(texts(it)).toEqual(['Hola', '> hi', 'You said hi', '> people', 'You said people', '→ 7', '> are you there?'])
    expect(post).toHaveBeenCalledTimes(3)
    expect(it.stage.value).toBe('people')
    end()
  })

  it('gives the same play again when the settings change, and says what is wrong with them', async () => {
    const { form, it, end } = await play()
    await it.act({ kind: 'wrote', text: 'hi' })
    form.value.greeting.first = 'Buenas'
    await vi.runAllTimersAsync()
    expect(texts(it)).toEqual(['Buenas', '> hi', 'You said hi'])
    form.value.greeting.first = ''
    await vi.runAllTimersAsync()
    expect(it.problem.value?.field).toBe('greeting.first')
    expect(texts(it)).toEqual(['Buenas', '> hi', 'You said hi'])
    end()
  })
})
