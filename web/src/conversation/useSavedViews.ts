import { useQuery } from '@pinia/colada'
import { api, type DeskViewFilter, type SavedView } from '@/api'

/** useSavedViews gives the lists this person keeps under a name; every change is on the server. */
export function useSavedViews() {
  const query = useQuery({
    key: ['views'],
    query: async () => (await api.get<{ items: SavedView[] | null }>('/views')).items ?? [],
    staleTime: 30_000,
  })

  const after = async (done: Promise<unknown>) => {
    await done
    await query.refetch()
  }
  const save = (name: string, filter: DeskViewFilter) => after(api.post('/views', { name, filter }))
  const change = ({ id, name, filter }: SavedView) => after(api.put('/views/' + id, { name, filter }))
  const forget = ({ id }: SavedView) => after(api.delete('/views/' + id))
  return { views: query.data, error: query.error, refetch: () => query.refetch(), save, change, forget }
}
