import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, asProblem, type Problem } from '@/api'
import type { BotSaid, BotSettings, BotState, ChatbotTurn } from '@/api/generated/types.gen'

/** Who plays: a person who writes for the first time, one who comes back after the silence, or sooner. */
export type Who = 'new' | 'back' | 'amid'

/** Input is one thing the player does. */
export interface Input {
  kind: 'opened' | 'wrote' | 'closed'
  text?: string
  payload?: string
}

/** Line is one line of the play: what the person said, what the chatbot said, or that people have taken over. */
export type Line = { from: 'person'; text: string } | { from: 'bot'; said: BotSaid } | { from: 'house'; queue: string }

const pause = 400

/**
 * usePlay plays a chatbot as its customer would, with settings that need not be saved. The server makes every step; when the
 * settings change, the same play is given again with them. problem is what is wrong with the settings.
 */
export function usePlay(inbox: () => string, settings: Ref<BotSettings | undefined>, name: () => string) {
  const who = ref<Who>('new')
  const lines = ref<Line[]>([])
  const problem = ref<Problem>()
  const busy = ref(false)
  /** Whether people have it now, and whether their service has ended. */
  const stage = ref<'bot' | 'people' | 'closed'>('bot')
  let inputs: Input[] = [{ kind: 'opened' }]
  let state: BotState = {}
  let run = 0

  async function step(input: Input, current: number, shown: Line[]): Promise<void> {
    if (input.text) shown.push({ from: 'person', text: input.text })
    if (input.kind === 'wrote' && stage.value !== 'bot') return
    const turn = await api.post<ChatbotTurn>(`/inboxes/${inbox()}/chatbot/try`, {
      ...input,
      who: who.value,
      name: name(),
      state,
      settings: settings.value,
    })
    if (current !== run) return
    state = turn.state
    shown.push(...(turn.said ?? []).map((said): Line => ({ from: 'bot', said })))
    if (turn.handoff) {
      stage.value = 'people'
      shown.push({ from: 'house', queue: turn.queue_id })
    }
    if (input.kind === 'closed') stage.value = 'closed'
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
    state = {}
    stage.value = 'bot'
    return give(inputs, [], ++run)
  }
  function restart(): Promise<void> {
    inputs = [{ kind: 'opened' }]
    return replay()
  }
  /** act goes on by one step. */
  async function act(input: Input): Promise<void> {
    if (busy.value) return
    inputs.push(input)
    await give([input], [...lines.value], run)
  }

  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(settings.value),
    (now, before) => {
      clearTimeout(timer)
      if (now) timer = setTimeout(replay, before ? pause : 0)
    },
    { immediate: true },
  )
  watch(who, restart)
  onScopeDispose(() => {
    clearTimeout(timer)
    run++
  })
  return { who, lines, problem, busy, stage, restart, act }
}
