import type { RouteRecordRaw } from 'vue-router'

/** The page of quick replies. */
export const quickReplyRoutes: RouteRecordRaw[] = [
  {
    path: '/quick-replies/:category(\\d+)?',
    name: 'quickReplies',
    component: () => import('./QuickReplyPage.vue'),
    meta: { title: 'quickReply.title', area: 'desk', words: ['quickReply'] },
  },
]
