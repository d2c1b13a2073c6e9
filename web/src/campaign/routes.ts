import type { RouteRecordRaw } from 'vue-router'

/** The pages of this room. */
export const campaignRoutes: RouteRecordRaw[] = []
