import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. A ticket has an address of its own: it opens beside the table. */
export const historyRoutes: RouteRecordRaw[] = [
  {
    path: '/history/:id(\\d+)?',
    name: 'history',
    component: () => import('./HistoryPage.vue'),
    meta: { title: 'history.title', area: 'desk', words: ['history', 'conversation', 'thread', 'routing'] },
  },
]
