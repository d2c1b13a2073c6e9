import { useI18n } from 'vue-i18n'
import type { RouteSummary } from '@/api'

/** useRouteWords says where a reply goes, as a whole sentence. */
export function useRouteWords(): (route: RouteSummary | null | undefined) => string {
  const { t, te } = useI18n()
  return (route) => {
    if (!route?.target) return ''
    const key = 'conversation.route.' + route.target
    return te(key) ? t(key, { name: route.target_name || '…' }) : route.target_name
  }
}
