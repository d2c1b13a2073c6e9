import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { wantWords } from '@/i18n'
import { answering, Refusal } from '@/testing/api'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import DevicePush from './DevicePush.vue'
import { useNotices } from './notice.store'

const settings = {
  assigned: true,
  mentioned: true,
  answered: true,
  sound: true,
  quiet_open: true,
  push_text: false,
  quiet_since: 0,
  quiet_until: 0,
}
const mine = { id: '7', device: 'Firefox, Linux', current: true, created_at: 1, sent_at: 0 }
const none = { public_key: 'BKEY', subscriptions: [] }
const subscribed = { public_key: 'BKEY', subscriptions: [mine] }

/** device puts a browser in place that may take pushes; held tells whether it does. */
function device({ permission = 'default' as NotificationPermission, answer = 'granted', held = false } = {}) {
  const browser = { held, failing: undefined as Error | undefined, subscribe: vi.fn(), permission }
  const subscription = {
    toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: 'P', auth: 'A' } }),
    unsubscribe: async () => !(browser.held = false),
  }
  const registration = {
    pushManager: {
      getSubscription: async () => (browser.held ? subscription : null),
      subscribe: async (how: unknown) => {
        if (browser.failing) throw browser.failing
        browser.subscribe(how)
        browser.held = true
        return subscription
      },
    },
  }
  const register = vi.fn(async () => registration)
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('PushManager', class {})
  vi.stubGlobal('Notification', {
    get permission() {
      return browser.permission
    },
    requestPermission: async () => (browser.permission = answer as NotificationPermission),
  })
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { register, ready: Promise.resolve(registration), getRegistration: async () => registration },
  })
  return { browser, register }
}

async function panel() {
  await wantWords('push')
  const shown = await show(DevicePush)
  await useNotices().load()
  await flushPromises()
  return shown
}

const served = (push: unknown, more: Record<string, unknown> = {}) =>
  answering({ 'GET /notices': { items: [] }, 'GET /notices/settings': settings, 'GET /push': push, ...more })

afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(navigator, 'serviceWorker')
})

it('says what this browser cannot do', async () => {
  served(none)
  device()
  vi.stubGlobal('isSecureContext', false)
  expect((await panel()).text()).toContain('need a secure address')
  vi.stubGlobal('isSecureContext', true)
  Reflect.deleteProperty(globalThis, 'PushManager')
  const shown = await panel()
  expect(shown.text()).toContain('cannot show notifications')
  expect(shown.find('input').exists()).toBe(false)
})

it('says how to allow what the browser blocks, and looks again', async () => {
  served(none)
  const { browser } = device({ permission: 'denied' })
  const shown = await panel()
  expect(shown.text()).toContain('allow notifications')
  expect(await violations(shown.element)).toEqual([])
  browser.permission = 'granted'
  await shown.get('button').trigger('click')
  await flushPromises()
  expect(shown.get('input').element.checked).toBe(false)
})

it('is switched on with the key of the server, and off', async () => {
  const asked = served(none, {
    'POST /push/subscriptions': subscribed,
    'DELETE /push/subscriptions/7': {},
    'POST /push/test': {},
    'PUT /notices/settings': ({ body }: { body: unknown }) => body,
  })
  const { browser, register } = device()
  const shown = await panel()
  expect(shown.findAll('input')).toHaveLength(1)
  await shown.get('input').setValue(true)
  await flushPromises()
  expect(register).toHaveBeenCalledWith('/push.js')
  expect(browser.subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: 'BKEY' })
  expect(asked.at(-1)).toMatchObject({
    method: 'POST',
    body: { endpoint: 'https://push.example/1', keys: { p256dh: 'P', auth: 'A' } },
  })
  expect(shown.get('input').element.checked).toBe(true)
  expect(await violations(shown.element)).toEqual([])

  await shown.findAll('input')[1]!.setValue(true)
  await flushPromises()
  expect(asked.at(-1)).toMatchObject({ method: 'PUT', body: { push_text: true, answered: true } })
  await shown.get('button').trigger('click')
  await flushPromises()
  expect(asked.at(-1)).toMatchObject({ method: 'POST', path: '/push/test' })

  await shown.get('input').setValue(false)
  await flushPromises()
  expect(asked.map((one) => one.method + one.path)).toContain('DELETE/push/subscriptions/7')
  expect(browser.held).toBe(false)
  expect(shown.get('input').element.checked).toBe(false)
})

it('is off again when the person says no to the browser', async () => {
  const asked = served(none)
  device({ answer: 'denied' })
  const shown = await panel()
  await shown.get('input').setValue(true)
  await flushPromises()
  expect(shown.text()).toContain('blocks notifications')
  expect(asked.some((one) => one.method === 'POST')).toBe(false)
})

it('is off when the browser of somebody who signed out still holds a subscription', async () => {
  served(none)
  device({ permission: 'granted', held: true })
  expect((await panel()).get('input').element.checked).toBe(false)
})

it('says what went wrong, and tries again', async () => {
  served(none)
  const { browser } = device()
  const shown = await panel()
  browser.failing = new Error('no push service')
  await shown.get('input').setValue(true)
  await flushPromises()
  expect(shown.get('[role=alert]').text()).toContain('could not be switched')
  expect(await violations(shown.element)).toEqual([])
  await shown.get('[role=alert] button').trigger('click')
  await flushPromises()
  expect(shown.get('input').element.checked).toBe(false)
})

it('says when a test was not taken, and how it stands then', async () => {
  let gone = false
  const gives = () => (gone ? none : subscribed)
  served(gives, {
    'POST /push/test': () => {
      gone = true
      return new Refusal(409, { code: 'push.gone', detail: 'Switch them off and on again.' })
    },
  })
  device({ permission: 'granted', held: true })
  const shown = await panel()
  expect(shown.get('input').element.checked).toBe(true)
  await shown.get('button').trigger('click')
  await flushPromises()
  expect(shown.get('input').element.checked).toBe(false)
})
