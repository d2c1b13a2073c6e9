import type { Fact } from '@/api'

export type LiveState = 'connecting' | 'online' | 'reconnecting' | 'offline'

type FromServer =
  | { type: 'hello'; cursor: string; now?: number }
  /** What is no fact of the log, such as who looks, moves no place and has no cursor. */
  | { type: 'facts'; cursor?: string; facts: Fact[] }
  | { type: 'refetch'; cursor: string; now?: number }
  | { type: 'signed_out' }
  | { type: 'pong'; now?: number }

export interface LiveOptions {
  url: (cursor: string) => string
  open: (url: string) => WebSocket
  facts: (facts: Fact[]) => void
  /** Our place was too old: what is on the screen must be loaded again. */
  refetch: () => void
  state: (state: LiveState) => void
  /** The server's time in Unix milliseconds, now and then: the clock of this device may be wrong. */
  time?: (now: number) => void
  signedOut: () => void
}

const pingEvery = 25_000
const silenceLimit = 60_000
const firstWait = 500
const longestWait = 20_000

/**
 * LiveSocket keeps one connection to the server's facts. After a drop it comes back with growing pauses and goes on from the
 * last fact it saw. A connection that answers nothing for a minute is taken for dead.
 */
export class LiveSocket {
  private socket: WebSocket | undefined
  private cursor = ''
  private tries = 0
  private heard = 0
  private wait: ReturnType<typeof setTimeout> | undefined
  private ping: ReturnType<typeof setInterval> | undefined
  private stopped = true

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.stopped = false
    addEventListener('online', this.hurry)
    addEventListener('offline', this.cut)
    document.addEventListener('visibilitychange', this.hurry)
    this.connect()
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.hurry)
    removeEventListener('offline', this.cut)
    document.removeEventListener('visibilitychange', this.hurry)
    this.drop()
  }

  send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message))
  }

  private connect(): void {
    if (this.stopped || this.socket) return
    this.options.state(this.tries === 0 ? 'connecting' : navigator.onLine ? 'reconnecting' : 'offline')
    const socket = this.options.open(this.options.url(this.cursor))
    this.socket = socket
    this.heard = Date.now()
    socket.onmessage = (event) => this.hear(String(event.data))
    socket.onclose = () => this.socket === socket && this.lost()
    this.ping = setInterval(() => this.alive(), pingEvery)
  }

  private hear(text: string): void {
    this.heard = Date.now()
    const message = JSON.parse(text) as FromServer
    if (message.type === 'signed_out') {
      this.stop()
      return this.options.signedOut()
    }
    if ('now' in message && message.now) this.options.time?.(message.now)
    if (message.type === 'pong') return
    if (message.type === 'hello' || message.type === 'refetch') {
      this.tries = 0
      this.options.state('online')
    }
    if (message.type === 'facts') this.options.facts(message.facts ?? [])
    if (message.type === 'refetch') this.options.refetch()
    if (message.cursor) this.cursor = message.cursor
  }

  private alive(): void {
    if (Date.now() - this.heard > silenceLimit) return this.lost()
    this.send({ type: 'ping' })
  }

  private lost(): void {
    this.drop()
    if (this.stopped) return
    this.options.state(navigator.onLine ? 'reconnecting' : 'offline')
    const pause = Math.min(longestWait, firstWait * 2 ** this.tries)
    this.tries++
    // Half of the pause is chance, so that a restarted server is not met by everybody at once.
    this.wait = setTimeout(() => this.connect(), pause / 2 + (Math.random() * pause) / 2)
  }

  private drop(): void {
    clearTimeout(this.wait)
    clearInterval(this.ping)
    const socket = this.socket
    this.socket = undefined
    socket?.close()
  }

  private readonly hurry = (): void => {
    if (this.stopped || this.socket || document.hidden || !navigator.onLine) return
    clearTimeout(this.wait)
    this.connect()
  }

  private readonly cut = (): void => this.lost()
}
