import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSession } from '@/account'
import { useInboxes } from '@/inbox'

/**
 * useOperation is the service operation of the page: a number with the people who answer there. It stands in the address, and
 * the one chosen last is remembered for this person; who reaches one number only need not choose.
 */
export function useOperation() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const inboxes = useInboxes()
  const all = computed(() => inboxes.data.value ?? [])
  const wanted = computed(() => {
    const asked = typeof route.query.n === 'string' ? route.query.n : session.user.preferences.operation
    return typeof asked === 'string' ? asked : ''
  })
  const operation = computed({
    get: () => all.value.find((one) => one.id === wanted.value)?.id ?? (all.value.length === 1 ? all.value[0]!.id : ''),
    set: (id: string) => {
      void router.replace({ query: { ...route.query, n: id || undefined } })
      // Without it the page only asks again next time.
      if (id) session.keepPreference('operation', id).catch(() => undefined)
    },
  })
  const label = computed(() => all.value.find((one) => one.id === operation.value)?.label ?? '')
  return { inboxes, all, operation, label }
}
