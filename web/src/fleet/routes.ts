import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. */
export const fleetRoutes: RouteRecordRaw[] = [
  {
    path: '/settings/copy',
    name: 'copy-settings',
    component: () => import('./CopyPage.vue'),
    meta: {
      title: 'fleet.copyTitle',
      area: 'settings',
      words: ['fleet', 'chatbot', 'conversation', 'hours', 'attention'],
    },
  },
]
