import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. */
export const deskRoutes: RouteRecordRaw[] = [
  {
    path: '/desk/:id?',
    name: 'desk',
    component: () => import('./DeskPage.vue'),
    meta: {
      title: 'desk.title',
      area: 'desk',
      words: [
        'desk',
        'list',
        'conversation',
        'contact',
        'template',
        'ticket',
        'routing',
        'quickReply',
        'thread',
        'window',
        'voice',
        'schedule',
        'emoji',
      ],
    },
  },
]
