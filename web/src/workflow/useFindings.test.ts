import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { api, Problem } from '@/api'
import type { WorkflowFinding, WorkflowPlan } from '@/api/generated/types.gen'
import { useFindings } from './useFindings'

const finding = (code: string): WorkflowFinding => ({ at: 's1', field: 'text', serious: true, code, text: code })
const plan = (text: string): WorkflowPlan => ({
  trigger: { kind: 'ticket_opened' },
  branches: [{ id: 'b', conditions: [], steps: [{ id: 's1', kind: 'say', text }] }],
})

describe('what is wrong with a workflow while it is written', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function editing() {
    const draft = ref(plan('hola'))
    const saved = ref([finding('saved')])
    const findings = effectScope().run(() =>
      useFindings(
        ref('7'),
        () => draft.value,
        () => saved.value,
      ),
    )!
    const types = async (text: string) => {
      draft.value = plan(text)
      await nextTick()
    }
    return { draft, saved, findings, types }
  }
  const codes = (all: WorkflowFinding[]) => all.map((one) => one.code)
  const rests = () => vi.advanceTimersByTimeAsync(500)

  it('is asked once the person rests, with what stands there then', async () => {
    const post = vi.spyOn(api, 'post').mockResolvedValue({ items: [finding('typed')] })
    const { findings, types } = editing()
    expect(codes(findings.value)).toEqual(['saved'])
    for (const text of ['h', 'ho', '']) await types(text)
    expect(post).not.toHaveBeenCalled()
    await rests()
    expect(post).toHaveBeenCalledTimes(1)
    expect(post).toHaveBeenCalledWith('/workflows/7/check', { draft: plan('') })
    expect(codes(findings.value)).toEqual(['typed'])
  })

  it('does not take an old answer for what was typed since, and keeps the last one without a server', async () => {
    let late: (answer: { items: WorkflowFinding[] }) => void = () => {}
    vi.spyOn(api, 'post')
      .mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
      .mockRejectedValueOnce(new Problem(0, 'network', ''))
    const { findings, types } = editing()
    await types('a')
    await rests()
    await types('ab')
    late({ items: [finding('old')] })
    await rests()
    expect(codes(findings.value)).toEqual(['saved'])
  })

  it('is what the server said of what was saved, once it is', async () => {
    vi.spyOn(api, 'post').mockResolvedValue({ items: [finding('typed')] })
    const { findings, saved, types } = editing()
    await types('')
    await rests()
    saved.value = []
    await nextTick()
    expect(findings.value).toEqual([])
  })
})
