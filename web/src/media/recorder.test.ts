import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { microphone } from './fakeMicrophone'
import { makeRecorder } from './recorder'

describe('a recorder', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('stops by itself at five minutes, pauses not counted', async () => {
    const track = microphone()
    const { now, begin, pause, resume } = makeRecorder()
    await begin()
    vi.advanceTimersByTime(100_000)
    pause()
    vi.advanceTimersByTime(600_000)
    expect(now).toMatchObject({ state: 'paused', elapsed: 100_000 })
    resume()
    vi.advanceTimersByTime(199_900)
    expect(now.state).toBe('recording')
    vi.advanceTimersByTime(200)
    expect(now).toMatchObject({ state: 'ready', elapsed: 300_000 })
    expect(now.file?.name).toBe('voz.webm')
    expect(track.stop).toHaveBeenCalledOnce()
  })

  it('closes the microphone when it is discarded, and begins anew', async () => {
    const track = microphone()
    const { now, begin, discard } = makeRecorder()
    await begin()
    vi.advanceTimersByTime(5000)
    discard()
    expect(now).toMatchObject({ state: 'idle', elapsed: 0, file: undefined })
    expect(track.stop).toHaveBeenCalled()
    await begin()
    expect(now).toMatchObject({ state: 'recording', elapsed: 0 })
    discard()
  })

  it('explains before the browser asks', async () => {
    microphone('prompt')
    const { now, begin, record } = makeRecorder()
    await begin()
    expect(now.state).toBe('explaining')
    await record()
    expect(now.state).toBe('recording')
  })

  it.each([
    ['denied', 'granted', 'NotAllowedError'],
    ['denied', 'denied', ''],
    ['missing', 'granted', 'NotFoundError'],
    ['failed', 'granted', 'NotReadableError'],
  ] as const)('says why it cannot: %s', async (problem, state, refusal) => {
    microphone(state, refusal)
    const { now, begin } = makeRecorder()
    await begin()
    expect(now).toMatchObject({ state: 'refused', problem })
  })

  it('says that the page is not secure, or the browser cannot record', async () => {
    microphone()
    vi.stubGlobal('isSecureContext', false)
    const insecure = makeRecorder()
    await insecure.begin()
    expect(insecure.now.problem).toBe('insecure')
    microphone()
    vi.stubGlobal('MediaRecorder', { isTypeSupported: () => false })
    const unable = makeRecorder()
    await unable.begin()
    expect(unable.now.problem).toBe('unsupported')
  })
})
