import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useSession } from '@/account'
import type { Area } from '@/api'
import { botRoutes } from '@/bot/routes'
import { fleetRoutes } from '@/fleet/routes'
import { flowRoutes } from '@/flow/routes'
import { campaignRoutes } from '@/campaign/routes'
import { contactRoutes } from '@/contact/routes'
import { quickReplyRoutes } from '@/conversation/quickReplyRoutes'
import { deskRoutes } from '@/desk/routes'
import { historyRoutes } from '@/history/routes'
import { i18n, wantWords, type Room } from '@/i18n'
import { routingRoutes } from '@/routing/routes'
import { surveyRoutes } from '@/survey/routes'
import { workflowRoutes } from '@/workflow/routes'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title. */
    title?: string
    /** The menu area the person needs to see the page. */
    area?: Area
    /** Word files the page needs. */
    words?: Room[]
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    redirect: () => (useSession().can('desk') ? '/desk' : useSession().can('campaigns') ? '/campaigns' : '/desk'),
  },
  ...deskRoutes,
  ...contactRoutes,
  ...quickReplyRoutes,
  ...campaignRoutes,
  ...routingRoutes,
  ...historyRoutes,
  ...botRoutes,
  ...fleetRoutes,
  ...flowRoutes,
  ...workflowRoutes,
  ...surveyRoutes,
  {
    path: '/:rest(.*)*',
    name: 'missing',
    component: () => import('./MissingPage.vue'),
    meta: { title: 'app.missing.title' },
  },
]

/** createDeskRouter puts the rooms' routes together; a page without permission shows who can help instead of the page. */
export function createDeskRouter() {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach(async (to) => {
    await wantWords(...to.matched.flatMap((record) => record.meta.words ?? []))
  })
  router.afterEach((to) => {
    document.title = (to.meta.title ? i18n.global.t(to.meta.title) + ' · ' : '') + 'Recado'
  })
  router.onError((error: Error, to) => {
    // After an update of the server the old pieces are gone: the page has to be loaded anew, once.
    if (/dynamically imported module|module script/i.test(error.message)) location.assign(to.fullPath)
  })
  return router
}
