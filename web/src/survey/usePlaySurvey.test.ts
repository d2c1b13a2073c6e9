import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { api } from '@/api'
import type { SurveySettings } from './survey.api'
import { usePlaySurvey } from './usePlaySurvey'

const settings = { kind: 'csat', name: 'x', thanks: 'Gracias' } as SurveySettings

describe('playing a survey', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.spyOn(api, 'post').mockImplementation((_path, body) => {
      const { kind, text } = body as { kind: string; text?: string }
      const said = (what: string) => [{ what, place: 0, text: what }]
      if (kind === 'began') return Promise.resolve({ said: said('question'), state: {}, taken: true, outcome: '' })
      if (text === '4') return Promise.resolve({ said: said('thanks'), state: {}, taken: true, outcome: 'done' })
      return Promise.resolve({ said: [], state: {}, taken: false, outcome: 'dropped' })
    })
  })
  afterEach(() => void vi.useRealTimers())

  async function play(...words: string[]) {
    const scope = effectScope()
    const it = scope.run(() => usePlaySurvey(ref(settings), () => 'Julia'))!
    await vi.advanceTimersByTimeAsync(1)
    await flushPromises()
    for (const text of words) await it.act({ kind: 'wrote', text })
    scope.stop()
    return it
  }
  const told = (it: Awaited<ReturnType<typeof play>>) =>
    it.lines.value.map((line) =>
      line.from === 'person' ? line.text : line.from === 'bot' ? line.said.what : line.event,
    )

  it('asks, takes the answer and says that it is over', async () => {
    const it = await play('4')
    expect(told(it)).toEqual(['question', '4', 'thanks', 'done'])
    expect(it.over.value).toBe(true)
  })

  it('says what reaches the team instead', async () => {
    const it = await play('¿Y mi pedido?')
    expect(told(it)).toEqual(['question', '¿Y mi pedido?', 'ordinary'])
  })
})
