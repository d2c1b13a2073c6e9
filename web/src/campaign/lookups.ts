import { useQuery } from '@pinia/colada'
import { api, type Template } from '@/api'

/** useAllTemplates gives the templates of all numbers the person reaches. */
export function useAllTemplates() {
  return useQuery({
    key: ['templates', 'all'],
    query: async () => (await api.get<{ items: Template[] | null }>('/templates')).items ?? [],
    staleTime: 60_000,
  })
}
