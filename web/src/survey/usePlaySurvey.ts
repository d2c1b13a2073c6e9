import { ref, type Ref } from 'vue'
import { api } from '@/api'
import type { SurveySaid, SurveySettings, SurveyState, SurveyTurn } from '@/api/generated/types.gen'
import { useReplay } from '@/bot/useReplay'

/** Input is one thing the player does. */
export interface Input {
  kind: 'began' | 'wrote'
  text?: string
  payload?: string
}

/** Line is one line of the play: what the person said, what the survey said, or what became of it. */
export type Line =
  | { from: 'person'; text: string }
  | { from: 'bot'; said: SurveySaid }
  | { from: 'house'; event: 'ordinary' | 'done' | 'declined' }

/** usePlaySurvey plays a survey as its customer would, with settings that need not be saved. The server makes every step. */
export function usePlaySurvey(settings: Ref<SurveySettings | undefined>, name: () => string) {
  const over = ref(false)
  let state: SurveyState = {}
  return {
    over,
    ...useReplay<Input, Line>(settings, {
      first: () => ({ kind: 'began' }),
      reset() {
        state = {}
        over.value = false
      },
      async step(input, shown, stale) {
        if (input.text) shown.push({ from: 'person', text: input.text })
        const turn = await api.post<SurveyTurn>('/surveys/try', {
          ...input,
          name: name(),
          state,
          settings: settings.value,
        })
        if (stale()) return
        state = turn.state
        shown.push(...(turn.said ?? []).map((said): Line => ({ from: 'bot', said })))
        if (!turn.taken) shown.push({ from: 'house', event: 'ordinary' })
        if (turn.outcome === 'done' || turn.outcome === 'declined') shown.push({ from: 'house', event: turn.outcome })
        over.value ||= turn.outcome !== ''
      },
    }),
  }
}
