import type { RouteRecordRaw } from 'vue-router'

const words = ['attention', 'chatbot', 'flow'] as const

/** The pages of this room. */
export const flowRoutes: RouteRecordRaw[] = [
  {
    path: '/settings/flows',
    name: 'flows',
    component: () => import('./FlowListPage.vue'),
    meta: { title: 'flow.title', area: 'automation', words: [...words] },
  },
  {
    path: '/settings/flows/:id',
    name: 'flow',
    component: () => import('./FlowPage.vue'),
    meta: { title: 'flow.title', area: 'automation', words: [...words] },
  },
]
