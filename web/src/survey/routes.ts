import type { RouteRecordRaw } from 'vue-router'

const words = ['attention', 'survey'] as const

/** The pages of this room. */
export const surveyRoutes: RouteRecordRaw[] = [
  {
    path: '/surveys',
    name: 'surveys',
    component: () => import('./SurveyListPage.vue'),
    meta: { title: 'survey.title', area: 'automation', words: [...words] },
  },
  {
    path: '/surveys/:id',
    name: 'survey',
    component: () => import('./SurveyPage.vue'),
    meta: { title: 'survey.title', area: 'automation', words: [...words, 'chatbot'] },
  },
  {
    path: '/surveys/:id/results',
    name: 'surveyResults',
    component: () => import('./SurveyResultsPage.vue'),
    meta: { title: 'survey.results', area: 'automation', words: [...words] },
  },
]
