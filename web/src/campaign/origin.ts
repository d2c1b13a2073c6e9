import { useI18n } from 'vue-i18n'

/** useOriginWord gives the word for where a campaign was made; one this desk does not know yet shows as it is. */
export function useOriginWord() {
  const { t, te } = useI18n()
  return (origin: string): string => (te('campaign.origin.' + origin) ? t('campaign.origin.' + origin) : origin)
}
