import { useQuery } from '@pinia/colada'
import { useI18n } from 'vue-i18n'
import { api } from '@/api'
import type { CampaignPolicy, CampaignPrices, ContactKeywords } from '@/api/generated/types.gen'
import { differ, same, useSettingsForm } from '@/settings/useSettingsForm'

/** The languages words of consent are kept in. */
export const keywordLanguages = ['es', 'pt', 'en'] as const

/** SendingForm is what the page edits. */
export interface SendingForm {
  keywords: ContactKeywords
  policy: CampaignPolicy
  prices: CampaignPrices
}

/** changes counts the fields in which two forms differ; the words of a language are one field. */
export function changes(a: SendingForm, b: SendingForm): number {
  const { stop: stopA, start: startA, ...restA } = a.keywords
  const { stop: stopB, start: startB, ...restB } = b.keywords
  const words = differ(restA, restB) + differ(stopA, stopB) + differ(startA, startB)
  return words + differ(a.policy, b.policy) + differ(a.prices, b.prices)
}

/** useSendingForm edits what holds for all active messages: what was kept, what is on the page, and saving the difference. */
export function useSendingForm() {
  const { t } = useI18n()
  const settings = useQuery({
    key: ['sending-settings'],
    query: async (): Promise<SendingForm> => {
      const [keywords, policy, prices] = await Promise.all([
        api.get<ContactKeywords>('/consent-keywords'),
        api.get<CampaignPolicy>('/campaign-policy'),
        api.get<CampaignPrices>('/campaign-prices'),
      ])
      return { keywords, policy, prices }
    },
    staleTime: 30_000,
  })
  const page = useSettingsForm<SendingForm>({
    kept: settings.data,
    changes,
    async keep(now, before) {
      if (!same(now.keywords, before.keywords)) now.keywords = await api.put('/consent-keywords', now.keywords)
      if (!same(now.policy, before.policy)) now.policy = await api.put('/campaign-policy', now.policy)
      if (!same(now.prices, before.prices)) now.prices = await api.put('/campaign-prices', now.prices)
      await settings.refetch()
    },
    saved: () => t('ui.saved'),
  })
  return { ...page, error: settings.error, retry: () => settings.refetch() }
}
