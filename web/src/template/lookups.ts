import { useQuery } from '@pinia/colada'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { api, type Template } from '@/api'

/** useTemplates gives the templates a number can send. */
export function useTemplates(inbox: MaybeRefOrGetter<string>) {
  return useQuery({
    key: () => ['templates', toValue(inbox)],
    query: async () =>
      (await api.get<{ items: Template[] | null }>('/templates', { inbox_id: toValue(inbox) })).items ?? [],
    staleTime: 60_000,
  })
}

/** active tells whether a template can go out now: the provider lets it, and it has no part that we cannot fill. */
export const active = (template: Template): boolean => template.sendable && !template.shape.unfillable?.length
