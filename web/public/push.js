// The service worker of notifications, and of nothing else: it keeps no page and answers no request. What it shows was put into words
// by the server (internal/notice/push_work.go), in the language of the person.

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  const push = event.data.json()
  event.waitUntil(
    self.registration.showNotification(push.title, {
      body: push.body,
      icon: '/recado.svg',
      tag: push.conversation_id || push.kind, // a later one of the same conversation takes the place of the one before, and is heard again
      renotify: true,
      data: { conversation: push.conversation_id },
    }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.conversation))
})

/** open brings a desk that is open to the front and lets it show the conversation; without one it opens a desk there. */
async function open(conversation) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const desks = windows.filter((one) => !/^\/(sign-in|welcome|simulator)/.test(new URL(one.url).pathname))
  const desk = desks.find((one) => one.focused) ?? desks.find((one) => one.visibilityState === 'visible') ?? desks[0]
  if (!desk) return self.clients.openWindow('/desk' + (conversation && '/' + conversation))
  desk.postMessage({ kind: 'open', conversation })
  return desk.focus()
}

/** The browser has another address now: the server is told, if somebody is still signed in here. */
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)))

async function renew(event) {
  const answer = await fetch('/api/v1/push', { credentials: 'same-origin' })
  if (!answer.ok) return
  const { public_key: applicationServerKey } = await answer.json()
  const fresh =
    event.newSubscription ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }))
  const { endpoint, keys } = fresh.toJSON()
  await fetch('/api/v1/push/subscriptions', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }),
  })
}
