import { useI18n } from 'vue-i18n'
import { nameOfEntrance, useEntrances } from '@/flow'
import { useAgents, useQueueName } from '@/routing'
import type { Route } from './campaign.types'

/** useRouteName says where replies go in a few words: Agent · Ana Sosa. */
export function useRouteName(): (route: Route) => string {
  const { t, te } = useI18n()
  const agents = useAgents()
  const queueName = useQueueName()
  const flows = useEntrances()
  function flowName(route: Route): string {
    const flow = flows.data.value?.find((one) => one.id === route.target_id)
    if (!flow) return route.target_id && flows.data.value ? t('entrance.flowGone') : ''
    const child = flows.data.value?.find((one) => one.id === route.target_child_id)
    const at = nameOfEntrance(child ?? flow, route.target_block, t) ?? t('entrance.blockGone')
    return [flow.name, child?.name, route.target_block && at].filter(Boolean).join(' · ')
  }
  function who(route: Route): string {
    if (route.target === 'queue') return queueName(route.target_id)
    if (route.target === 'bot') return flowName(route)
    if (route.target !== 'agent') return ''
    const found = agents.data.value?.find((one) => one.user_id === route.target_id || one.email === route.email)
    return found?.name ?? route.email
  }
  return (route) => {
    if (!route.target || !te('campaign.target.' + route.target)) return t('campaign.target.unset')
    return [t('campaign.target.' + route.target), who(route)].filter(Boolean).join(' · ')
  }
}
