import { createPinia, setActivePinia } from 'pinia'
import { effectScope, ref } from 'vue'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem, type Page } from '@/api'
import { useLive } from '@/live'
import { campaigns } from './campaign.api'
import type { Asked, CampaignRow } from './campaign.types'
import { aCampaign } from './fixture'
import { merged, useCampaignList } from './useCampaignList'

const row = (id: string, change: Partial<CampaignRow> = {}): CampaignRow => aCampaign({ id, ...change })
const page = (ids: string[], next = ''): Page<CampaignRow> => ({ items: ids.map((id) => row(id)), next })
const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('the list of campaigns', () => {
  beforeEach(() => setActivePinia(createPinia()))

  function listed(asked = ref<Asked>({})) {
    return { asked, ...effectScope().run(() => useCampaignList(asked))! }
  }

  it('loads a page and then the next one behind it', async () => {
    const ask = vi
      .spyOn(campaigns, 'list')
      .mockResolvedValueOnce(page(['9', '8'], 'c1'))
      .mockResolvedValueOnce(page(['7']))
    const list = listed()
    await settle()
    expect(list.next.value).toBe('c1')
    await list.more()
    expect(ask).toHaveBeenLastCalledWith({}, 'c1')
    expect(list.rows.value.map(({ id }) => id)).toEqual(['9', '8', '7'])
    expect(list.next.value).toBe('')
  })

  it('keeps a refusal to show it, and forgets it when it works again', async () => {
    vi.spyOn(campaigns, 'list')
      .mockRejectedValueOnce(new Problem(503, 'unavailable', ''))
      .mockResolvedValueOnce(page(['1']))
    const list = listed()
    await settle()
    expect(list.problem.value?.code).toBe('unavailable')
    expect(list.loaded.value).toBe(false)
    await list.load()
    expect(list.problem.value).toBeUndefined()
    expect(list.loaded.value).toBe(true)
  })

  it('drops an answer to a filter that is no longer chosen', async () => {
    let late: (value: Page<CampaignRow>) => void = () => {}
    vi.spyOn(campaigns, 'list')
      .mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
      .mockResolvedValueOnce(page(['2']))
    const list = listed()
    list.asked.value = { state: 'paused' }
    await settle()
    late(page(['1']))
    await settle()
    expect(list.rows.value.map(({ id }) => id)).toEqual(['2'])
  })

  it('asks again when a campaign moved', async () => {
    const ask = vi
      .spyOn(campaigns, 'list')
      .mockResolvedValueOnce(page(['5']))
      .mockResolvedValueOnce({ items: [row('5', { state: 'sending' })], next: '' })
    const list = listed()
    await settle()
    useLive().tell({ kind: 'campaign', campaign_id: '5', state: 'sending' })
    await settle()
    expect(ask).toHaveBeenCalledTimes(2)
    expect(list.rows.value[0]?.state).toBe('sending')
  })

  it('asks for a campaign below the first page by itself', async () => {
    vi.spyOn(campaigns, 'list')
      .mockResolvedValueOnce(page(['9', '8'], 'c1'))
      .mockResolvedValueOnce(page(['7']))
      .mockResolvedValueOnce(page(['9', '8'], 'c1'))
    const get = vi.spyOn(campaigns, 'get').mockResolvedValue(aCampaign({ id: '7', state: 'done' }))
    const list = listed()
    await settle()
    await list.more()
    useLive().tell({ kind: 'progress', campaign_id: '7' })
    await settle()
    expect(get).toHaveBeenCalledWith('7')
    expect(list.rows.value.map(({ id, state }) => [id, state])).toEqual([
      ['9', 'draft'],
      ['8', 'draft'],
      ['7', 'done'],
    ])
  })
})

describe('a fresh first page', () => {
  it('takes the place of the rows it covers and keeps the older ones', () => {
    const fresh = [row('10'), row('9')]
    expect(merged(fresh, 'more', [row('9'), row('8'), row('7')]).map(({ id }) => id)).toEqual(['10', '9', '8', '7'])
  })

  it('makes a row go that is no longer in it', () => {
    expect(
      merged([row('10'), row('8')], 'more', [row('10'), row('9'), row('8'), row('7')]).map(({ id }) => id),
    ).toEqual(['10', '8', '7'])
  })

  it('is the whole list when nothing comes after it', () => {
    expect(merged([row('10')], '', [row('10'), row('9')]).map(({ id }) => id)).toEqual(['10'])
  })
})
