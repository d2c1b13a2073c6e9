import { useQueryCache } from '@pinia/colada'
import { useI18n } from 'vue-i18n'
import { asProblem, type Id } from '@/api'
import { notify } from '@/ui'
import { fleet, type SettingResult } from './fleet.api'
import { useSettingWords } from './useSettingWords'

/** useUndo takes a change of settings back, says on how many numbers, and gives those on which it could not. */
export function useUndo(): (change: Id) => Promise<SettingResult[]> {
  const { t } = useI18n()
  const cache = useQueryCache()
  const words = useSettingWords()
  return async (change) => {
    try {
      const items = (await fleet.undo(change)).items ?? []
      await cache.invalidateQueries()
      const failed = items.filter((one) => one.state === 'failed')
      const n = items.length - failed.length
      if (n) notify(t('fleet.undone', { n }, n))
      if (failed.length)
        notify(
          t('fleet.notUndone', {
            numbers: failed.map((one) => words.inboxName(one.inbox_id)).join(', '),
            why: failed[0]!.problem?.detail ?? '',
          }),
          undefined,
          'danger',
        )
      return failed
    } catch (error) {
      notify(asProblem(error).message || t('ui.problem.offline'), undefined, 'danger')
      return []
    }
  }
}
