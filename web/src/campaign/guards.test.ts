import { describe, expect, it } from 'vitest'
import type { Campaign, Route } from './campaign.types'
import { aCampaign, aTemplate, noCheck } from './fixture'
import { formOf, noPace } from './form'
import { blockerOf, checkWanted, firstOpen, missingValues, stepOf, type Given } from './guards'

function given(change: Partial<Campaign> = {}, more: Partial<Given> = {}): Given {
  const campaign = aCampaign(change)
  return { campaign, form: formOf(campaign), now: 10_000, ...more }
}
const route = (change: Partial<Route>): Partial<Campaign> => ({ route: { ...aCampaign().route, ...change } })
const audience = (change: Partial<Campaign['audience']>): Partial<Campaign> => ({
  audience: { ...aCampaign().audience, ...change },
})

describe('the audience step', () => {
  it('needs a sheet, a phone column and a sender, in this order', () => {
    const columns = aCampaign().audience.columns
    expect(blockerOf('audience', given(audience({ file_id: '' })))).toBe('file')
    expect(blockerOf('audience', given(audience({ columns: { ...columns, phone: '' } })))).toBe('phone')
    expect(blockerOf('audience', given(audience({ columns: { ...columns, sender: '' } })))).toBe('sender')
    expect(
      blockerOf('audience', given(audience({ columns: { ...columns, sender: '' }, default_sender_id: '4' }))),
    ).toBe('')
  })

  it('does not go on with a sheet that cannot be used or has nobody', () => {
    expect(blockerOf('audience', given({ check: { ...noCheck, state: 'failed' } }))).toBe('sheet')
    expect(blockerOf('audience', given({ check: { ...noCheck, state: 'done', ready: 0 } }))).toBe('nobody')
    expect(blockerOf('audience', given({ check: { ...noCheck, state: 'done', ready: 3 } }))).toBe('')
  })
})

describe('the message step', () => {
  it('needs a template, or a column that names one', () => {
    expect(blockerOf('message', given())).toBe('template')
    const columns = { ...aCampaign().audience.columns, template: 'plantilla' }
    expect(blockerOf('message', given(audience({ columns })))).toBe('')
  })

  it('needs a source for every value, and a fallback is one', () => {
    const values = { 'body.1': { field: 'name' }, 'body.2': { column: 'factura' }, 'body.3': { column: '' } }
    const message = { template_id: '55', language: 'es', values }
    const half = given({ message }, { template: aTemplate })
    expect(blockerOf('message', half)).toBe('values')
    expect(missingValues(half.form, aTemplate)).toEqual(['body.3'])
    const whole = given(
      { message: { ...message, values: { ...values, 'body.3': { column: '', fallback: 'pronto' } } } },
      { template: aTemplate },
    )
    expect(blockerOf('message', whole)).toBe('')
  })
})

describe('the reply step', () => {
  it('needs a target and what belongs to it', () => {
    expect(blockerOf('reply', given())).toBe('target')
    expect(blockerOf('reply', given(route({ target: 'agent' })))).toBe('email')
    expect(blockerOf('reply', given(route({ target: 'queue' })))).toBe('queue')
    expect(blockerOf('reply', given(route({ target: 'column' })))).toBe('columns')
    expect(blockerOf('reply', given(route({ target: 'none' })))).toBe('')
  })

  it('does not go on with an e-mail the server refused', () => {
    const wrong = route({ target: 'agent', email: 'nadie@example.com' })
    expect(blockerOf('reply', given(wrong, { refused: true }))).toBe('refused')
    expect(blockerOf('reply', given(wrong, { refused: false }))).toBe('')
  })

  it('asks who gets the other replies only when a button is named', () => {
    expect(blockerOf('reply', given(route({ target: 'bot', other_target: 'queue' })))).toBe('')
    expect(blockerOf('reply', given(route({ target: 'bot', button: 'Sí', other_target: 'queue' })))).toBe('other')
  })

  it('wants a queue and minutes together', () => {
    expect(blockerOf('reply', given(route({ target: 'none', fallback_queue_id: '3' })))).toBe('fallback')
    expect(blockerOf('reply', given(route({ target: 'none', fallback_queue_id: '3', fallback_minutes: 5 })))).toBe('')
  })
})

describe('the send step', () => {
  it('needs a name, a time still to come and a whole pace', () => {
    expect(blockerOf('send', given({ name: ' ' }))).toBe('name')
    const schedule = { at: '1970-01-01T00:00', zone: 'UTC', twice: false }
    expect(blockerOf('send', given({ scheduled_at: 9_000, schedule }))).toBe('past')
    expect(blockerOf('send', given({ scheduled_at: 11_000, schedule }))).toBe('')
    expect(blockerOf('send', given({ pace: { ...noPace, per_slice: 100 } }))).toBe('pace')
    expect(blockerOf('send', given({ pace: { ...noPace, slow_above: 30, stop_above: 30 } }))).toBe('load')
    expect(blockerOf('send', given({ pace: { ...noPace, slow_above: 30 } }))).toBe('')
  })
})

describe('the way through the steps', () => {
  it('opens the first step with something missing', () => {
    expect(firstOpen(given(audience({ file_id: '' })))).toBe('audience')
    expect(firstOpen(given())).toBe('message')
    const message = { template_id: '55', language: 'es', values: {} }
    expect(firstOpen(given({ message }))).toBe('reply')
    expect(firstOpen(given({ message, ...route({ target: 'none' }) }))).toBe('send')
  })

  it('sends people to the step where a problem is mended', () => {
    expect(stepOf('message.template_id')).toBe('message')
    expect(stepOf('route.email')).toBe('reply')
    expect(stepOf('audience.default_sender_id')).toBe('audience')
  })

  it('wants a check when there was none since the last change, and not twice', () => {
    expect(checkWanted(aCampaign())).toBe(true)
    expect(checkWanted(aCampaign({ check: { ...noCheck, state: 'done' } }))).toBe(false)
    expect(checkWanted(aCampaign({ state: 'checking', check: { ...noCheck, state: 'running' } }))).toBe(false)
    expect(checkWanted(aCampaign(audience({ file_id: '' })))).toBe(false)
  })
})
