import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. */
export const routingRoutes: RouteRecordRaw[] = [
  {
    path: '/settings/attention',
    name: 'attention',
    component: () => import('./AttentionPage.vue'),
    meta: {
      title: 'attention.title',
      area: 'settings',
      words: ['attention', 'conversation', 'routing', 'ticket', 'fleet', 'chatbot', 'hours'],
    },
  },
]
