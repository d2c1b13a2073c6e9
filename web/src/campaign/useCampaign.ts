import { computed, ref, shallowRef } from 'vue'
import { asProblem, type Id, type Problem } from '@/api'
import { useLive } from '@/live'
import { campaigns } from './campaign.api'
import type { Campaign, Progress } from './campaign.types'
import { hasStarted } from './state'
import { atMost } from './throttle'

const pause = 1000

/** useCampaign gives a campaign and how far it is, kept true by facts at most once a second. */
export function useCampaign(id: Id) {
  const campaign = shallowRef<Campaign>()
  const progress = shallowRef<Progress>()
  const problem = shallowRef<Problem>()
  const loading = ref(false)
  const counts = computed(() => progress.value?.counts ?? campaign.value?.counts)

  async function load(): Promise<void> {
    loading.value = true
    try {
      campaign.value = await campaigns.get(id)
      if (hasStarted(campaign.value.state)) progress.value = await campaigns.progress(id)
      problem.value = undefined
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      loading.value = false
    }
  }

  const refresh = atMost(pause, load)
  /** count asks only for the figures; a state that moved meanwhile is loaded with its reason. */
  const count = atMost(pause, async () => {
    const fresh = await campaigns.progress(id).catch(() => undefined)
    if (!fresh) return
    progress.value = fresh
    if (fresh.state !== campaign.value?.state) refresh()
  })

  const live = useLive()
  live.on('campaign', (fact) => fact.campaign_id === id && refresh())
  live.on('progress', (fact) => fact.campaign_id === id && count())
  live.onRefetch(refresh)
  void load()

  function took(fresh: Campaign): void {
    campaign.value = fresh
    if (hasStarted(fresh.state)) count()
  }

  return { campaign, progress, counts, problem, loading, load, took, count }
}
