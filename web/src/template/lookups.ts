import { useQuery } from '@pinia/colada'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { api, type Template } from '@/api'

/** inUse tells whether agents use a template on a number (Settings › Template activation). */
export const inUse = (template: Template, inbox: string): boolean => !template.unused_inbox_ids.includes(inbox)

/** useTemplates gives the templates of a number that agents use on it. */
export function useTemplates(inbox: MaybeRefOrGetter<string>) {
  return useQuery({
    key: () => ['templates', toValue(inbox)],
    query: async () => {
      const { items } = await api.get<{ items: Template[] | null }>('/templates', { inbox_id: toValue(inbox) })
      return (items ?? []).filter((one) => inUse(one, toValue(inbox)))
    },
    staleTime: 60_000,
  })
}

/** active tells whether a template can go out now: the provider lets it, and it has no part that we cannot fill. */
export const active = (template: Template): boolean => template.sendable && !template.shape.unfillable?.length
