import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { answering, Refusal } from '@/testing/api'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import { inside } from './enter'
import SignInPage from './SignInPage.vue'

describe('the sign-in page', () => {
  it('says why nobody was let in and keeps the e-mail', async () => {
    answering({
      'POST /session': new Refusal(401, { code: 'session.refused', detail: 'E-mail or password do not match.' }),
    })
    const page = await show(SignInPage, { next: '/' })
    await page.get('input[type=email]').setValue('ana@aurora.example')
    await page.get('input[type=password]').setValue('wrong')
    await page.get('form').trigger('submit')
    await flushPromises()
    expect(page.get('[role=alert]').text()).toBe('E-mail or password do not match.')
    expect((page.get('input[type=email]').element as HTMLInputElement).value).toBe('ana@aurora.example')
  })

  it('fills in a demo account with one click, where there are any', async () => {
    answering({
      'GET /demo': {
        accounts: [{ email: 'ana@aurora.example', name: 'Ana Sosa', profile: 'Agent' }],
        password: 'demo',
      },
    })
    const page = await show(SignInPage, { next: '/' })
    await flushPromises()
    await page
      .findAll('button')
      .find((button) => button.text().startsWith('Ana Sosa'))!
      .trigger('click')
    expect((page.get('input[type=email]').element as HTMLInputElement).value).toBe('ana@aurora.example')
    expect((page.get('input[type=password]').element as HTMLInputElement).value).toBe('demo')
  })

  it('offers no accounts outside a demo', async () => {
    answering({ 'GET /demo': new Refusal(404, {}) })
    const page = await show(SignInPage, { next: '/' })
    await flushPromises()
    expect(page.text()).not.toContain('Demo accounts')
  })

  it('shows the password on request and warns of locked capitals', async () => {
    answering({})
    const page = await show(SignInPage, { next: '/' })
    await page.get('button[aria-label="Show password"]').trigger('click')
    expect(page.find('input[type=password]').exists()).toBe(false)
    const field = page.get('input[autocomplete=current-password]')
    const event = new KeyboardEvent('keydown', { key: 'A', bubbles: true })
    Object.defineProperty(event, 'getModifierState', { value: (key: string) => key === 'CapsLock' })
    field.element.dispatchEvent(event)
    await flushPromises()
    expect(page.text()).toContain('Caps Lock is on.')
  })

  it('has no violations', async () => {
    answering({})
    const page = await show(SignInPage, { next: '/' })
    expect(await violations(page.element)).toEqual([])
  })
})

describe('inside', () => {
  it.each([
    ['/desk/5?view=team', '/desk/5?view=team'],
    ['https://elsewhere.example', '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
  ])('%s leads to %s', (next, place) => expect(inside(next)).toBe(place))
})
