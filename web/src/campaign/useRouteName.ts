import { useI18n } from 'vue-i18n'
import { useAgents, useQueueName } from '@/routing'
import type { Route } from './campaign.types'

/** useRouteName says where replies go in a few words: Agent · Ana Sosa. */
export function useRouteName(): (route: Route) => string {
  const { t, te } = useI18n()
  const agents = useAgents()
  const queueName = useQueueName()
  function who(route: Route): string {
    if (route.target === 'queue') return queueName(route.target_id)
    if (route.target !== 'agent') return ''
    const found = agents.data.value?.find((one) => one.user_id === route.target_id || one.email === route.email)
    return found?.name ?? route.email
  }
  return (route) => {
    if (!route.target || !te('campaign.target.' + route.target)) return t('campaign.target.unset')
    return [t('campaign.target.' + route.target), who(route)].filter(Boolean).join(' · ')
  }
}
