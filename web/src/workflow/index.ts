import { wantWords } from '@/i18n'
import { lazy } from '@/ui'

/** What workflows did in a conversation; its words come with it. */
export const RunLog = lazy(async () => (await Promise.all([import('./RunLog.vue'), wantWords('workflow')]))[0])
