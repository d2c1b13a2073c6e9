import type { BrowserContext, Page } from '@playwright/test'
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'

/**
 * PushService stands for the push service of the browser's maker, which a test cannot reach: it takes what the server sends to the
 * browser, decrypts it with the browser's keys (RFC 8291) and hands it to the real service worker.
 */
export class PushService {
  private readonly keys = createECDH('prime256v1')
  private readonly secret = randomBytes(16)
  readonly heard: string[] = []
  private endpoint = ''

  private constructor(private readonly server: Server) {
    this.keys.generateKeys()
  }

  static async start(): Promise<PushService> {
    const server = createServer((request, answer) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        service.heard.push(service.decrypt(Buffer.concat(parts)))
        answer.writeHead(201).end()
      })
    })
    const service = new PushService(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    service.endpoint = `http://127.0.0.1:${port}/send`
    return service
  }

  stop(): void {
    this.server.close()
  }

  /** carries lets the pages of a browser subscribe here. The permission, the worker and its registration stay real. */
  async carries(context: BrowserContext): Promise<void> {
    await context.grantPermissions(['notifications'])
    const said = { endpoint: this.endpoint, keys: { p256dh: this.keys.getPublicKey('base64url'), auth: this.secret.toString('base64url') } }
    await context.addInitScript((said) => {
      const held = () => sessionStorage.getItem('subscribed') !== null
      const subscription = { toJSON: () => said, unsubscribe: async () => (sessionStorage.removeItem('subscribed'), true) }
      Object.assign(PushManager.prototype, {
        getSubscription: async () => (held() ? subscription : null),
        subscribe: async (how: { applicationServerKey: string }) => {
          if (atob(how.applicationServerKey.replaceAll('-', '+').replaceAll('_', '/')).length !== 65) throw new Error('this is no key')
          sessionStorage.setItem('subscribed', 'yes')
          return subscription
        },
      })
    }, said)
  }

  /** deliver hands a push that came to the worker, as the browser does. */
  async deliver(page: Page, data: string): Promise<void> {
    const browser = await page.context().newCDPSession(page)
    const known = new Promise<string>((found) =>
      browser.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && found(registrations[0].registrationId)),
    )
    await browser.send('ServiceWorker.enable')
    await browser.send('ServiceWorker.deliverPushMessage', { origin: new URL(page.url()).origin, registrationId: await known, data })
    await browser.detach()
  }

  private decrypt(body: Buffer): string {
    const end = 21 + body[20]!
    const [salt, sender] = [body.subarray(0, 16), body.subarray(21, end)]
    const key = (secret: Buffer, salt: Buffer, info: Buffer | string, size: number) => Buffer.from(hkdfSync('sha256', secret, salt, info, size))
    const ikm = key(this.keys.computeSecret(sender), this.secret, Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(), sender]), 32)
    const open = createDecipheriv('aes-128-gcm', key(ikm, salt, 'Content-Encoding: aes128gcm\0', 16), key(ikm, salt, 'Content-Encoding: nonce\0', 12))
    open.setAuthTag(body.subarray(-16))
    const plain = Buffer.concat([open.update(body.subarray(end, -16)), open.final()])
    return plain.subarray(0, plain.lastIndexOf(2)).toString()
  }
}
