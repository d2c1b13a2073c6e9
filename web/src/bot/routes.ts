import type { RouteRecordRaw } from 'vue-router'

const words = ['attention', 'chatbot', 'conversation', 'flow', 'hours', 'fleet', 'activation'] as const

/** The pages of this room. */
export const botRoutes: RouteRecordRaw[] = [
  {
    path: '/settings/chatbot',
    name: 'chatbots',
    component: () => import('./ChatbotListPage.vue'),
    meta: { title: 'chatbot.title', area: 'automation', words: [...words] },
  },
  {
    path: '/settings/chatbot/many',
    name: 'chatbots-many',
    component: () => import('./ChatbotManyPage.vue'),
    meta: { title: 'chatbot.title', area: 'automation', words: [...words] },
  },
  {
    path: '/settings/chatbot/:id',
    name: 'chatbot',
    component: () => import('./ChatbotPage.vue'),
    meta: { title: 'chatbot.title', area: 'automation', words: [...words] },
  },
  {
    path: '/settings/hours',
    name: 'hours',
    component: () => import('./HoursPage.vue'),
    meta: { title: 'hours.title', area: 'settings', words: ['hours', 'attention'] },
  },
  {
    path: '/off-hours',
    name: 'off-hours',
    component: () => import('./OffHoursPage.vue'),
    meta: { title: 'offHours.title', area: 'desk', words: ['offHours'] },
  },
  {
    path: '/absence',
    name: 'absence',
    component: () => import('./AbsencePage.vue'),
    meta: { title: 'absence.title', area: 'desk', words: ['absence'] },
  },
]
