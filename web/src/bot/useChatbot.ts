import { useQuery, useQueryCache } from '@pinia/colada'
import { computed, ref, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, asProblem } from '@/api'
import type { BotSettings, Chatbot, ChatbotLine } from '@/api/generated/types.gen'
import { useSettingsForm } from '@/settings/useSettingsForm'
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
  // What others save while somebody edits here is not slipped under the edit: the version that was seen stays.
  const seen = ref<number>()
  const kept = computed(() => query.data.value?.settings)
  const form = useSettingsForm<BotSettings>({
    kept,
    changes,
    async keep(now) {
      const saved = await api.put<Chatbot>(path(), { version: seen.value ?? query.data.value!.version, settings: now })
      seen.value = undefined
      Object.assign(now, saved.settings)
      cache.setQueryData(['chatbot', toValue(inbox)], saved)
      void cache.invalidateQueries({ key: ['chatbots'] })
      void cache.invalidateQueries({ key: ['setting-changes'] })
    },
    saved: () => t('ui.saved'),
  })

  const clash = computed(() => {
    const problem = form.problem.value
    return problem?.code.startsWith('bot.edited') ? problem : undefined
  })
  /** keepMine saves over what the other person saved. */
  async function keepMine(): Promise<void> {
    seen.value = Number(clash.value?.params.version)
    await form.save()
  }
  /** takeTheirs shows what the other person saved. */
  async function takeTheirs(): Promise<void> {
    try {
      cache.setQueryData(['chatbot', toValue(inbox)], await api.get<Chatbot>(path()))
      form.discard()
    } catch (error) {
      form.problem.value = asProblem(error)
    }
  }
  return {
    ...form,
    bot: query.data,
    kept,
    error: query.error,
    retry: () => query.refetch(),
    clash,
    keepMine,
    takeTheirs,
  }
}
