import { wantWords } from '@/i18n'
import { lazy } from '@/ui'

/** The dialog to write first comes, with its words, when somebody wants to. */
export const ActiveDialog = lazy(async () => {
  await wantWords('active', 'entrance', 'schedule', 'template')
  return import('./ActiveDialog.vue')
})
export { useActive } from './useActiveLimits'
