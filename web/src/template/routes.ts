import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. */
export const templateRoutes: RouteRecordRaw[] = [
  {
    path: '/campaigns/templates',
    name: 'templates',
    component: () => import('./TemplatesPage.vue'),
    meta: { title: 'templates.title', area: 'campaigns', words: ['templates', 'template', 'campaign'] },
  },
]
