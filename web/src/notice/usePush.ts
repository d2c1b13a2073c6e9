import { ref } from 'vue'
import type { Push } from '@/api'
import { noticeApi } from './notice.api'

/** Why, or that, this device is told of what concerns the person; failed: the last wish did not come true, the rest is as before. */
export type PushState = 'looking' | 'insecure' | 'unsupported' | 'blocked' | 'off' | 'on' | 'failed'

const worker = '/push.js'

/** usePush looks whether pushes come to this device, and switches them. */
export function usePush() {
  const state = ref<PushState>('looking')
  const busy = ref(false)
  const failed = ref<unknown>()
  let known: Push | undefined

  /** obstacle is what keeps this browser from taking pushes, whatever the server says. */
  function obstacle(): PushState | undefined {
    if (!window.isSecureContext) return 'insecure'
    if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported'
    return Notification.permission === 'denied' ? 'blocked' : undefined
  }

  async function held(): Promise<PushSubscription | null> {
    const registration = await navigator.serviceWorker.getRegistration('/')
    return (await registration?.pushManager.getSubscription()) ?? null
  }

  const mine = () => known?.subscriptions.find((one) => one.current)

  /** tries does something that may fail, and then tells how it stands. */
  async function tries(act: () => Promise<void>): Promise<void> {
    busy.value = true
    try {
      await act()
      failed.value = undefined
      state.value = obstacle() ?? (mine() && (await held()) ? 'on' : 'off')
    } catch (failure) {
      failed.value = failure
      state.value = obstacle() ?? 'failed'
    }
    busy.value = false
  }

  const look = () =>
    tries(async () => {
      if (!obstacle()) known = await noticeApi.push()
    })

  /** turnOn asks the person, in the browser's own words, and lets this browser take pushes. It has to follow a click. */
  const turnOn = () =>
    tries(async () => {
      if ((await Notification.requestPermission()) !== 'granted') return
      known ??= await noticeApi.push()
      await navigator.serviceWorker.register(worker)
      const { pushManager } = await navigator.serviceWorker.ready
      const before = await pushManager.getSubscription()
      if (before && !mine()) await before.unsubscribe() // of whoever was signed in here before
      const fresh = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: known.public_key })
      const { endpoint, keys } = fresh.toJSON()
      known = await noticeApi.subscribe({
        endpoint: endpoint ?? '',
        keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
      })
    })

  const turnOff = () =>
    tries(async () => {
      const one = mine()
      if (one) await noticeApi.unsubscribe(one.id)
      await (await held())?.unsubscribe()
      known = await noticeApi.push()
    })

  return { state, busy, failed, look, turnOn, turnOff }
}
