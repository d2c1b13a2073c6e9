import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useSession } from '@/account'
import { asProblem, type Id } from '@/api'
import { notify } from '@/ui'
import { campaigns } from './campaign.api'
import type { Campaign } from './campaign.types'

export type Verb = 'pause' | 'resume' | 'cancel'

/** useSteer pauses, resumes and cancels. The reason says why the person may not; it is empty when they may. */
export function useSteer(changed: (campaign: Campaign) => unknown) {
  const { t } = useI18n()
  const session = useSession()
  const busy = ref<Id>('')
  const reason = computed(() => {
    if (!session.can('campaigns', 'edit')) return t('campaign.may.edit')
    return session.has('broadcast') ? '' : t('campaign.may.send')
  })

  async function steer(id: Id, verb: Verb): Promise<boolean> {
    busy.value = id
    try {
      changed(await campaigns[verb](id))
      return true
    } catch (error) {
      const problem = asProblem(error)
      notify(
        problem.offline ? t('ui.problem.offline') : problem.message || t('campaign.steerFailed'),
        undefined,
        'danger',
      )
      return false
    } finally {
      busy.value = ''
    }
  }

  return { busy, reason, steer }
}
