import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, asProblem, type Problem } from '@/api'
import type { FlowFinding, FlowFlow, FlowSaid, FlowState, FlowTurn } from '@/api/generated/types.gen'

/** Input is one thing the player does: the person writes, time passes, the other system answers or fails. */
export interface Input {
  kind: 'began' | 'wrote' | 'due' | 'answered'
  text?: string
  payload?: string
  outcome?: { failed?: string; say?: string[] }
}

/** Line is one line of the play. */
export type Line =
  | { from: 'person'; text: string }
  | { from: 'bot'; said: FlowSaid }
  | { from: 'house'; did: 'handed' | 'ended' | 'waited' | 'called'; queue?: string; agent?: string }
  | { from: 'house'; did: 'speaks'; flow: string }

const pause = 400

/**
 * usePlayFlow plays a flow as a customer would, with a draft that need not be saved, and finds what is wrong with it. The server makes
 * every step; when the draft changes, the same play is given again with it.
 */
export function usePlayFlow(id: Ref<string>, draft: () => FlowFlow | undefined, name: () => string) {
  const lines = ref<Line[]>([])
  const findings = ref<FlowFinding[]>()
  const problem = ref<Problem>()
  const busy = ref(false)
  const closed = ref(false)
  const over = ref(false)
  const waits = ref<FlowState['waits']>('')
  const bounded = ref(false)
  let inputs: Input[] = [{ kind: 'began' }]
  let state: FlowState = { flow_id: '' }
  let run = 0

  /** speaks tells whose words were the last ones: a router hands the person to other bots. */
  const speaks = (shown: Line[]) => {
    const last = shown.findLast((line) => line.from === 'bot')
    return last?.from === 'bot' ? last.said.flow_id : id.value
  }
  async function step(input: Input, current: number, shown: Line[]): Promise<void> {
    if (over.value) return
    if (input.text) shown.push({ from: 'person', text: input.text })
    const turn = await api.post<FlowTurn>(`/flows/${id.value}/try`, {
      ...input,
      name: name(),
      closed: closed.value,
      state,
      draft: draft(),
    })
    if (current !== run) return
    state = turn.state
    findings.value = turn.findings ?? []
    for (const said of turn.said ?? []) {
      if (said.flow_id !== speaks(shown)) shown.push({ from: 'house', did: 'speaks', flow: said.flow_id })
      shown.push({ from: 'bot', said })
    }
    waits.value = state.waits ?? ''
    bounded.value = (state.until ?? 0) > 0
    over.value = turn.handoff || turn.ended
    if (turn.handoff) shown.push({ from: 'house', did: 'handed', queue: turn.queue_id, agent: turn.agent_id })
    else if (turn.ended) shown.push({ from: 'house', did: 'ended' })
    else if (waits.value === 'time') shown.push({ from: 'house', did: 'waited' })
    else if (turn.call) shown.push({ from: 'house', did: 'called' })
  }

  async function give(wanted: Input[], shown: Line[], current: number): Promise<void> {
    busy.value = true
    try {
      for (const input of wanted) {
        await step(input, current, shown)
        if (current !== run) return
      }
      problem.value = undefined
      lines.value = shown
    } catch (error) {
      if (current === run) problem.value = asProblem(error)
    } finally {
      if (current === run) busy.value = false
    }
  }

  /** replay gives the whole play again. */
  function replay(): Promise<void> {
    state = { flow_id: '' }
    over.value = false
    return give(inputs, [], ++run)
  }
  function restart(): Promise<void> {
    inputs = [{ kind: 'began' }]
    return replay()
  }
  /** act goes on by one step. */
  async function act(input: Input): Promise<void> {
    if (busy.value || over.value) return
    inputs.push(input)
    await give([input], [...lines.value], run)
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(draft()),
    (now, before) => {
      clearTimeout(timer)
      if (now) timer = setTimeout(replay, before ? pause : 0)
    },
    { immediate: true },
  )
  watch(closed, restart)
  onScopeDispose(() => {
    clearTimeout(timer)
    run++
  })
  return { lines, findings, problem, busy, closed, over, waits, bounded, restart, act }
}
