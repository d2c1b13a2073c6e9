import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { violations } from '@/testing/axe'
import { begin, show } from '@/testing/mount'
import { microphone } from './fakeMicrophone'
import { useRecordings } from './recordings.store'
import { makeRecorder, type Recorder } from './recorder'
import VoiceRecorder from './VoiceRecorder.vue'

const sent = vi.hoisted(() => vi.fn<(path: string) => Promise<unknown>>())
vi.mock('@/api', async (original) => ({ ...(await original<object>()), upload: sent }))

const props = (recorder: Recorder, asFile = false) => ({ recorder, channel: 'whatsapp', asFile })
async function recorded(ms: number): Promise<Recorder> {
  const recorder = makeRecorder()
  await recorder.begin()
  vi.advanceTimersByTime(ms)
  return recorder
}

describe('the voice recorder', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    microphone()
    sent.mockReset()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('warns at 4:30', async () => {
    const recorder = await recorded(269_000)
    const bar = await show(VoiceRecorder, props(recorder))
    expect(bar.find('[role=alert]').exists()).toBe(false)
    expect(bar.text()).toContain('4:29 / 5:00')
    vi.advanceTimersByTime(1100)
    await flushPromises()
    expect(bar.get('[role=alert]').text()).toBe('0:30 left')
    recorder.discard()
  })

  it('asks before Esc discards more than three seconds, and not for less', async () => {
    const recorder = await recorded(4000)
    const bar = await show(VoiceRecorder, props(recorder))
    await bar.trigger('keydown', { key: 'Escape' })
    expect(bar.text()).toContain('Discard the recording of 0:04?')
    expect(recorder.now.state).toBe('paused')
    await bar.findAll('button')[1]!.trigger('click')
    expect(recorder.now.state).toBe('idle')
    const short = await recorded(2000)
    const other = await show(VoiceRecorder, props(short))
    await other.trigger('keydown', { key: 'Escape' })
    expect(short.now.state).toBe('idle')
  })

  it('sends what was recorded, and keeps it when that fails', async () => {
    const recorder = await recorded(4000)
    const bar = await show(VoiceRecorder, props(recorder))
    recorder.stop()
    await flushPromises()
    const send = () => bar.findAll('button').find((one) => one.text() === 'Send voice note')!
    sent.mockRejectedValueOnce(new TypeError('no network'))
    await send().trigger('click')
    await flushPromises()
    expect(bar.find('[role=alert]').exists()).toBe(true)
    expect(recorder.now.state).toBe('ready')
    sent.mockResolvedValueOnce({ id: '9', voice: true, kind: 'audio' })
    await send().trigger('click')
    await flushPromises()
    expect(sent.mock.lastCall![0]).toBe('/voice-notes?channel=whatsapp')
    expect(bar.emitted('send')).toEqual([[{ id: '9', voice: true, kind: 'audio' }]])
    expect(recorder.now.state).toBe('idle')
  })

  it('says that it goes as a file where the channel has no voice notes', async () => {
    const recorder = await recorded(1000)
    recorder.stop()
    const bar = await show(VoiceRecorder, props(recorder, true))
    expect(bar.text()).toContain('Send as audio file')
  })

  it('pauses when its conversation is left, and waits there alone', async () => {
    await begin()
    const recordings = useRecordings()
    const here = recordings.of('100')
    await here.begin()
    vi.advanceTimersByTime(2000)
    const bar = await show(VoiceRecorder, props(here))
    bar.unmount()
    expect(here.now.state).toBe('paused')
    expect(recordings.of('200').now.state).toBe('idle')
    expect(recordings.of('100').now).toMatchObject({ state: 'paused', elapsed: 2000 })
    here.discard()
  })

  it('has no violations', async () => {
    const recorder = await recorded(1000)
    const bar = await show(VoiceRecorder, props(recorder))
    vi.useRealTimers()
    expect(await violations(bar.element)).toEqual([])
    recorder.stop()
    await flushPromises()
    expect(await violations(bar.element)).toEqual([])
  })
})
