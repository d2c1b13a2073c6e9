import { beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveSocket, type LiveState } from './socket'

class Line {
  static all: Line[] = []
  readyState = 1
  sent: string[] = []
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  constructor(readonly url: string) {
    Line.all.push(this)
  }
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.readyState = 3
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  drop(): void {
    this.onclose?.()
  }
}

function connect() {
  const states: LiveState[] = []
  const heard: unknown[] = []
  const refetch = vi.fn()
  const signedOut = vi.fn()
  const socket = new LiveSocket({
    url: (cursor) => '/live?after=' + cursor,
    open: (url) => new Line(url) as unknown as WebSocket,
    facts: (facts) => heard.push(...facts),
    refetch,
    state: (state) => states.push(state),
    signedOut,
  })
  socket.start()
  return { socket, states, heard, refetch, signedOut, line: () => Line.all.at(-1)! }
}

describe('LiveSocket', () => {
  beforeEach(() => {
    Line.all = []
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })

  it('goes on after a drop from the last fact it saw', async () => {
    const { states, heard, line, socket } = connect()
    expect(line().url).toBe('/live?after=')
    line().say({ type: 'hello', cursor: 'a' })
    line().say({ type: 'facts', cursor: 'b', facts: [{ kind: 'progress', campaign_id: '1' }] })
    line().drop()
    await vi.advanceTimersByTimeAsync(1000)
    expect(line().url).toBe('/live?after=b')
    line().say({ type: 'hello', cursor: 'b' })
    expect(heard).toHaveLength(1)
    expect(states).toEqual(['connecting', 'online', 'reconnecting', 'reconnecting', 'online'])
    socket.stop()
  })

  it('waits longer each time the server does not come back', async () => {
    const { line, socket } = connect()
    line().say({ type: 'hello', cursor: 'a' })
    for (let tries = 0; tries < 6; tries++) {
      line().drop()
      await vi.advanceTimersByTimeAsync(500 * 2 ** tries)
    }
    const before = Line.all.length
    line().drop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(Line.all.length).toBe(before)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(Line.all.length).toBe(before + 1)
    socket.stop()
  })

  it('asks for everything again when its place is too old', () => {
    const { refetch, line, socket } = connect()
    line().say({ type: 'refetch', cursor: 'z' })
    expect(refetch).toHaveBeenCalledOnce()
    socket.stop()
  })

  it('takes a silent connection for dead', async () => {
    const { states, line, socket } = connect()
    line().say({ type: 'hello', cursor: 'a' })
    await vi.advanceTimersByTimeAsync(50_000)
    expect(line().sent).toContain('{"type":"ping"}')
    await vi.advanceTimersByTimeAsync(26_000)
    expect(states).toContain('reconnecting')
    socket.stop()
  })

  it('stops for good when the session has ended', async () => {
    const { signedOut, line } = connect()
    line().say({ type: 'signed_out' })
    line().drop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(signedOut).toHaveBeenCalledOnce()
    expect(Line.all).toHaveLength(1)
  })
})
