import { useI18n } from 'vue-i18n'

/** The results that have words of ours; those a workspace adds are shown as they were written. */
const results = ['resolved', 'sold', 'no_answer', 'not_interested', 'spam', 'other', 'transferred'] as const

/** useResultWords words the result of a ticket. */
export function useResultWords(): (result: string | undefined) => string {
  const { t } = useI18n()
  return (result = '') =>
    (results as readonly string[]).includes(result) ? t('conversation.result.' + result) : result
}
