import { useQuery } from '@pinia/colada'
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { asProblem, type Id } from '@/api'
import { notify } from '@/ui'
import { people } from './people.api'

/** usePerson is a person with all that happened, and act, which does something about them and loads anew. */
export function usePerson(id: () => Id) {
  const { t } = useI18n()
  const query = useQuery({ key: () => ['person', id()], query: () => people.get(id()), staleTime: 5_000 })
  const busy = ref(false)

  async function act(what: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    try {
      await what()
      await query.refetch()
      return true
    } catch (error) {
      notify(asProblem(error).message || t('ui.problem.offline'), undefined, 'danger')
      return false
    } finally {
      busy.value = false
    }
  }

  return { person: computed(() => query.data.value), error: query.error, refetch: () => query.refetch(), busy, act }
}

export type Act = ReturnType<typeof usePerson>['act']
