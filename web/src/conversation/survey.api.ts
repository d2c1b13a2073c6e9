import { api, type Id } from '@/api'
import type { SurveyChoices as Given } from '@/api/generated/types.gen'

/** What can be sent in a conversation; last is null when nothing ever was. */
export type SurveyChoices = Omit<Given, 'last'> & { last: Given['last'] | null }

const of = (id: Id) => `/conversations/${id}/surveys`

/** Surveys of a conversation: what can be sent, and sending one. */
export const surveyChoices = {
  read: (id: Id) => api.get<SurveyChoices>(of(id)),
  send: (id: Id, survey: Id) => api.post<{ id: Id }>(of(id), { survey_id: survey }),
}

/** stateOf names how the last survey stands, for its words. */
export function stateOf(last: Given['last']): string {
  const unfinished = last.state === 'dropped' || last.state === 'expired' || last.state === 'open'
  return unfinished && last.answered_at ? 'begun' : last.state
}
