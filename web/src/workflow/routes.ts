import type { RouteRecordRaw } from 'vue-router'

const words = ['attention', 'chatbot', 'conversation', 'flow', 'workflow'] as const

/** The pages of this room. */
export const workflowRoutes: RouteRecordRaw[] = [
  {
    path: '/workflows',
    name: 'workflows',
    component: () => import('./WorkflowListPage.vue'),
    meta: { title: 'workflow.title', area: 'automation', words: [...words] },
  },
  {
    path: '/workflows/:id',
    name: 'workflow',
    component: () => import('./WorkflowPage.vue'),
    meta: { title: 'workflow.title', area: 'automation', words: [...words] },
  },
]
