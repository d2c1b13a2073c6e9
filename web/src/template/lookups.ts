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

/** active tells whether the provider lets a template go out now. */
export const active = (template: Template): boolean => template.status.toUpperCase() === 'APPROVED'
