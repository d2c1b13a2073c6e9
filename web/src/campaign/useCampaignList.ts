import { ref, shallowRef, watch, type Ref } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { campaigns } from './campaign.api'
import type { Asked, CampaignRow } from './campaign.types'
import { atMost } from './throttle'

const pause = 1000

/** newer tells whether one id was made after another; ids are whole numbers too long for a number. */
const newer = (a: Id, b: Id) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/**
 * merged puts a fresh first page before the older rows already shown. A row the page should have had and has not is gone:
 * deleted, or in another state now.
 */
export function merged(page: CampaignRow[], next: string, shown: CampaignRow[]): CampaignRow[] {
  const last = page.at(-1)
  if (!next || !last) return page
  return [...page, ...shown.filter((row) => newer(row.id, last.id) < 0)]
}

/** useCampaignList gives the campaigns of a filter, newest first, kept true by facts at most once a second. */
export function useCampaignList(asked: Ref<Asked>) {
  const rows = shallowRef<CampaignRow[]>([])
  const next = ref('')
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem>()
  const touched = new Set<Id>()
  const live = useLive()
  let turn = 0

  /** ask does one request whose answer counts only while the filter is still the same. */
  async function ask(cursor: string, take: (items: CampaignRow[], next: string) => void): Promise<void> {
    const mine = turn
    loading.value = true
    try {
      const page = await campaigns.list(asked.value, cursor)
      if (mine !== turn) return
      take(page.items, page.next)
      problem.value = undefined
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  function load(): Promise<void> {
    turn++
    return ask('', (items, after) => {
      rows.value = items
      next.value = after
      loaded.value = true
    })
  }

  const more = () =>
    ask(next.value, (items, after) => {
      rows.value = [...rows.value, ...items]
      next.value = after
    })

  const refresh = atMost(pause, async () => {
    const ids = [...touched]
    touched.clear()
    const mine = turn
    // The rows keep what they show when this fails; the next fact asks again.
    const page = await campaigns.list(asked.value, '').catch(() => undefined)
    if (!page || mine !== turn) return
    const first = page.items
    rows.value = merged(first, page.next, rows.value)
    if (rows.value.length === first.length) next.value = page.next
    const below = ids.filter((id) => !first.some((row) => row.id === id) && rows.value.some((row) => row.id === id))
    for (const id of below) {
      const fresh = await campaigns.get(id).catch(() => undefined)
      if (fresh && mine === turn) replace(fresh)
    }
  })

  function replace(fresh: CampaignRow): void {
    const stays = !asked.value.state || fresh.state === asked.value.state
    rows.value = rows.value.flatMap((row) => (row.id !== fresh.id ? [row] : stays ? [fresh] : []))
  }

  function heard(id: Id): void {
    touched.add(id)
    refresh()
  }

  live.on('campaign', (fact) => heard(fact.campaign_id))
  live.on('progress', (fact) => heard(fact.campaign_id))
  live.onRefetch(refresh)
  watch(
    asked,
    () => {
      rows.value = []
      loaded.value = false
      void load()
    },
    { immediate: true },
  )

  return { rows, next, loading, loaded, problem, load, more, replace }
}
