import { address, api, type Id } from '@/api'
import type { Survey, SurveyNumber, SurveyResults, Surveys, SurveySettings } from '@/api/generated/types.gen'

export type { Survey, SurveyNumber, SurveySettings }
export type Question = SurveySettings['questions'][number]
/** Results as they are read: without answers there is no score. */
export type Results = Omit<SurveyResults, 'score'> & { score: SurveyResults['score'] | null }
/** Asked is what results are counted of. */
export interface Asked {
  from?: number
  inbox_id?: Id
}

const of = (id: Id) => '/surveys/' + id

/** Surveys of the workspace. */
export const surveys = {
  list: () => api.get<Surveys>('/surveys'),
  read: (id: Id) => api.get<Survey>(of(id)),
  create: (settings: SurveySettings) => api.post<Survey>('/surveys', settings),
  save: (id: Id, version: number, settings: SurveySettings) => api.put<Survey>(of(id), { version, settings }),
  archive: (id: Id, archived: boolean) => api.put<Survey>(of(id) + '/archived', { archived }),
  remove: (id: Id) => api.delete(of(id)),
  rule: (inbox: Id, rule: { survey_id: Id; often: string; n: number }) => api.put(`/inboxes/${inbox}/survey`, rule),
  results: (id: Id, asked: Asked) => api.get<Results>(of(id) + '/results', { ...asked }),
  file: (id: Id, asked: Asked) => address(of(id) + '/answers.csv', { ...asked }),
}

/** shareOf is a part of a whole, from 0 to 1; 0 of nothing. */
export const shareOf = (part: number, whole: number) => (whole ? part / whole : 0)
