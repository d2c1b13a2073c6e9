import { lazy } from '@/ui'

/** The panel comes after the conversation: who opens the desk reads and answers first. */
export const ContactPanel = lazy(() => import('./ContactPanel.vue'))
