import { ref, watch, type Ref } from 'vue'
import { api } from '@/api'
import type { BotSaid, BotSettings, BotState, ChatbotTurn } from '@/api/generated/types.gen'
import { useReplay } from './useReplay'

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

/**
 * usePlay plays a chatbot as its customer would, with settings that need not be saved. The server makes every step; when the
 * settings change, the same play is given again with them. problem is what is wrong with the settings.
 */
export function usePlay(inbox: () => string, settings: Ref<BotSettings | undefined>, name: () => string) {
  const who = ref<Who>('new')
  /** Whether people have it now, and whether their service has ended. */
  const stage = ref<'bot' | 'people' | 'closed'>('bot')
  let state: BotState = {}

  async function step(input: Input, shown: Line[], stale: () => boolean): Promise<void> {
    if (input.text) shown.push({ from: 'person', text: input.text })
    if (input.kind === 'wrote' && stage.value !== 'bot') return
    const turn = await api.post<ChatbotTurn>(`/inboxes/${inbox()}/chatbot/try`, {
      ...input,
      who: who.value,
      name: name(),
      state,
      settings: settings.value,
    })
    if (stale()) return
    state = turn.state
    shown.push(...(turn.said ?? []).map((said): Line => ({ from: 'bot', said })))
    if (turn.handoff) {
      stage.value = 'people'
      shown.push({ from: 'house', queue: turn.queue_id })
    }
    if (input.kind === 'closed') stage.value = 'closed'
  }

  function reset(): void {
    state = {}
    stage.value = 'bot'
  }
  const play = useReplay<Input, Line>(settings, { first: () => ({ kind: 'opened' }), reset, step })
  watch(who, play.restart)
  return { ...play, who, stage }
}
