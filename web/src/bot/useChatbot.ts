import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api'
import type { BotSettings, Chatbot, ChatbotLine } from '@/api/generated/types.gen'
import { useSharedForm } from '@/settings/useSharedForm'
import { changes } from './tabs'

/** The numbers with what their chatbots do. */
export const useChatbots = () =>
  useQuery({
    key: ['chatbots'],
    query: async () => (await api.get<{ items: ChatbotLine[] | null }>('/chatbots')).items ?? [],
    staleTime: 10_000,
  })

/** useChatbot edits the chatbot of a number: what was kept, what is on the page, and saving it unless somebody else did meanwhile. */
export function useChatbot(inbox: MaybeRefOrGetter<string>) {
  const { t } = useI18n()
  const cache = useQueryCache()
  const path = () => `/inboxes/${toValue(inbox)}/chatbot`
  const query = useQuery({
    key: () => ['chatbot', toValue(inbox)],
    query: () => api.get<Chatbot>(path()),
    staleTime: 0,
    refetchOnWindowFocus: false,
  })
  const kept = computed(() => query.data.value?.settings)
  const form = useSharedForm<BotSettings, Chatbot>({
    kept,
    changes,
    saved: () => t('ui.saved'),
    edited: 'bot.edited',
    version: () => query.data.value!.version,
    read: () => api.get<Chatbot>(path()),
    write: (settings, version) => api.put<Chatbot>(path(), { version, settings }),
    part: (whole) => whole.settings,
    take(whole) {
      cache.setQueryData(['chatbot', toValue(inbox)], whole)
      void cache.invalidateQueries({ key: ['chatbots'] })
      void cache.invalidateQueries({ key: ['setting-changes'] })
    },
  })
  return {
    ...form,
    bot: query.data,
    kept,
    error: query.error,
    retry: () => query.refetch(),
  }
}
