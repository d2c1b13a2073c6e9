import { reactive } from 'vue'
import { describe, expect, it } from 'vitest'
import { aCampaign } from './fixture'
import { changesOf, formOf, noPace, rebase, same } from './form'

describe('the form of a draft', () => {
  it('says nothing when nothing changed, so that the server keeps its check', () => {
    const campaign = aCampaign()
    expect(changesOf(reactive(formOf(campaign)), campaign)).toEqual({})
  })

  it('says only the part that changed', () => {
    const campaign = aCampaign()
    const form = reactive(formOf(campaign))
    form.route.target = 'none'
    expect(Object.keys(changesOf(form, campaign))).toEqual(['route'])
    form.name = '  Otoño  '
    expect(changesOf(form, campaign).name).toBe('Otoño')
  })

  it('tells a changed sender from changed columns', () => {
    const campaign = aCampaign()
    const form = formOf(campaign)
    form.sender = '9'
    expect(changesOf(form, campaign).audience).toEqual({ default_sender_id: '9' })
    form.columns.queue = 'nombre'
    expect(changesOf(form, campaign).audience).toHaveProperty('columns.queue', 'nombre')
  })

  it('does not reach into the server copy when it is edited', () => {
    const campaign = aCampaign()
    formOf(campaign).columns.variables['2'] = 'nombre'
    expect(campaign.audience.columns.variables).toEqual({ '1': 'factura' })
  })

  it('takes an empty member for one that is not there', () => {
    expect(same({ column: 'a', fallback: '' }, { column: 'a' })).toBe(true)
    expect(same({ column: 'a', fallback: 'b' }, { column: 'a' })).toBe(false)
    expect(same({ b: 1, a: 2 }, { a: 2, b: 1 })).toBe(true)
  })

  it('leaves a time that was not changed alone, and keeps its zone when the time moves', () => {
    const campaign = aCampaign({ schedule: { at: '2026-11-28T19:07', zone: 'America/Bogota', twice: true } })
    const form = formOf(campaign)
    expect(changesOf(form, campaign)).toEqual({})
    form.when.at = '2026-11-28T20:00'
    expect(changesOf(form, campaign)).toEqual({ schedule: { at: '2026-11-28T20:00', zone: 'America/Bogota' } })
  })

  it('brings what one author changed into the version of another, and leaves the rest theirs', () => {
    const before = aCampaign({ name: 'Otoño' })
    const mine = formOf(before)
    mine.route.target = 'none'
    const theirs = aCampaign({ name: 'Primavera', pace: { ...noPace, per_slice: 5, every_minutes: 5 } })
    const form = rebase(reactive(mine), before, theirs)
    expect([form.name, form.pace.per_slice, form.route.target]).toEqual(['Primavera', 5, 'none'])
    expect(Object.keys(changesOf(form, theirs))).toEqual(['route'])
  })

  it('turns a cleared time into at once', () => {
    const campaign = aCampaign({ schedule: { at: '2026-11-28T19:07', zone: 'America/Bogota', twice: false } })
    const form = formOf(campaign)
    expect(form.when.at).toBe('2026-11-28T19:07')
    form.when = { at: '', zone: '' }
    expect(changesOf(form, campaign)).toEqual({ schedule: { at: '', zone: '' } })
  })
})
