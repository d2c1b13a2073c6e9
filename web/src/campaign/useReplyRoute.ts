import { computed, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useQueues } from '@/routing'
import type { RouteWish } from './campaign.api'
import type { Target } from './campaign.types'
import { useRouteCheck } from './useRouteCheck'
import { useWizard } from './wizard'

const noFallback = { fallback_queue_id: '', fallback_minutes: 0 }
const keepsFallback = (target: Target) => target === 'agent' || target === 'column'

/** useReplyRoute is where the replies of the draft go: the choice, its queues, and what the server says of it. */
export function useReplyRoute() {
  const { t } = useI18n()
  const wizard = useWizard()
  const queues = useQueues()
  const route = computed(() => wizard.form.value.route)
  const email = computed(() => (route.value.target === 'agent' ? route.value.email : ''))
  const wish = computed<RouteWish | undefined>(() => {
    const { target, target_id, target_child_id, target_block } = route.value
    if (target === 'agent') return email.value.includes('@') ? { target, email: email.value.trim() } : undefined
    if (target === 'column') return { target }
    return (target === 'queue' || target === 'bot') && target_id
      ? { target, target_id, target_child_id, target_block }
      : undefined
  })
  const { result, asking } = useRouteCheck(wizard.id, wish)
  const refusal = computed(() =>
    result.value?.ok === false ? result.value.words || t('campaign.blocked.refused') : '',
  )
  const queueOptions = computed(() => [
    { value: '', label: t('campaign.route.chooseQueue') },
    ...(queues.data.value ?? []).map((queue) => ({ value: queue.id, label: queue.name })),
  ])
  const target = computed({
    get: () => route.value.target,
    set: (wanted) =>
      Object.assign(route.value, {
        target: wanted,
        target_id: '',
        target_child_id: '',
        target_block: '',
        email: '',
        ...(!keepsFallback(wanted) && noFallback),
      }),
  })

  watch(result, (now) => (wizard.refused.value = now?.ok === false), { immediate: true })
  watch(email, () => route.value.target === 'agent' && (route.value.target_id = ''))
  return { wizard, route, target, queueOptions, result, asking, refusal }
}
