import { useI18n } from 'vue-i18n'
import type { WindowState } from '@/api'
import { useFormat } from '@/i18n/format'

/** useWindowEnd words the exact end of an open window, and until when nothing is paid in it. */
export function useWindowEnd(): (window: WindowState) => string {
  const { t } = useI18n()
  const format = useFormat()
  return ({ state, until, cost_hint }) => {
    const ends = state === 'open' && until ? t('conversation.window.until', { t: format.stamp(until) }) : ''
    const free =
      cost_hint.kind === 'free' ? t('conversation.window.freeUntil', { t: format.stamp(cost_hint.until) }) : ''
    return [ends, free].filter(Boolean).join(' ')
  }
}
