import { reactive } from 'vue'
import { listen, meter, permission, bitsPerSecond, recordingType, type MicProblem } from './microphone'

/** A recording stops by itself after five minutes (C07) and warns before it does. In milliseconds. */
export const longest = 300_000
export const warning = 270_000
const tick = 100

/** Recording is a voice note being made. It belongs to one conversation and waits there as its draft. */
export interface Recording {
  /** explaining: why the browser is about to ask; asking: it does; ready: it can be heard and sent. */
  state: 'idle' | 'explaining' | 'asking' | 'recording' | 'paused' | 'ready' | 'refused'
  problem: MicProblem | ''
  /** Milliseconds recorded so far. */
  elapsed: number
  /** How loud it is, from 0 to 1, and how loud it was. */
  level: number
  levels: number[]
  file: File | undefined
  /** Where the recording is played from. */
  url: string
}

const nothing = (): Recording => ({
  state: 'idle',
  problem: '',
  elapsed: 0,
  level: 0,
  levels: [],
  file: undefined,
  url: '',
})

export type Recorder = ReturnType<typeof makeRecorder>

/** makeRecorder records with the microphone: begin, pause, resume, stop, discard. */
export function makeRecorder() {
  const now = reactive(nothing()) as Recording
  let media: MediaRecorder | undefined
  let release = () => {}
  let level = () => 0
  let timer: ReturnType<typeof setInterval> | undefined
  let since = 0
  /** Changes with every beginning, so that what comes late is not taken for the next one. */
  let round = 0

  /** begin records, after explaining why the browser will ask, when it will. */
  async function begin(): Promise<void> {
    discard()
    const able = recordingType()
    if ('problem' in able) return refuse(able.problem)
    const mine = round
    const allowed = await permission()
    if (mine !== round) return
    if (allowed === 'denied') return refuse('denied')
    if (allowed === 'prompt') now.state = 'explaining'
    else await record()
  }

  /** record opens the microphone and starts. */
  async function record(): Promise<void> {
    const able = recordingType()
    if ('problem' in able) return refuse(able.problem)
    const mine = ++round
    now.state = 'asking'
    try {
      const stream = await listen()
      if (mine !== round) return stream.getTracks().forEach((track) => track.stop())
      capture(stream, able.type, mine)
    } catch (problem) {
      if (mine === round) refuse(typeof problem === 'string' ? (problem as MicProblem) : 'failed')
    }
  }

  function capture(stream: MediaStream, type: string, mine: number): void {
    const parts: Blob[] = []
    const loudness = meter(stream)
    level = loudness.level
    release = () => {
      stream.getTracks().forEach((track) => track.stop())
      loudness.close()
    }
    media = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: bitsPerSecond })
    media.ondataavailable = (event) => parts.push(event.data)
    media.onstop = () => mine === round && finish(new Blob(parts, { type: media?.mimeType || type }))
    media.onerror = () => mine === round && stop()
    stream.getTracks().forEach((track) => (track.onended = () => mine === round && stop()))
    media.start(1000)
    run()
  }

  function run(): void {
    now.state = 'recording'
    since = Date.now()
    timer = setInterval(measure, tick)
  }

  function measure(): void {
    const at = Date.now()
    now.elapsed = Math.min(longest, now.elapsed + at - since)
    since = at
    now.level = level()
    now.levels.push(now.level)
    if (now.elapsed >= longest) stop()
  }

  function hold(): void {
    if (timer === undefined) return
    measure()
    clearInterval(timer)
    timer = undefined
    now.level = 0
  }

  function pause(): void {
    if (now.state !== 'recording') return
    hold()
    if (media?.state !== 'recording') return
    media.pause()
    now.state = 'paused'
  }

  function resume(): void {
    if (now.state !== 'paused') return
    media?.resume()
    run()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
    if (media && media.state !== 'inactive') media.stop()
  }

  function finish(sound: Blob): void {
    clearInterval(timer)
    timer = undefined
    release()
    if (!sound.size) return refuse('failed')
    const ending = /ogg|webm|mp4/.exec(sound.type)?.[0] ?? 'bin'
    now.file = new File([sound], 'voz.' + ending, { type: sound.type })
    now.url = URL.createObjectURL(sound)
    now.state = 'ready'
  }

  /** discard forgets the recording and closes the microphone. */
  function discard(): void {
    round++
    stop()
    release()
    release = () => {}
    if (now.url) URL.revokeObjectURL(now.url)
    Object.assign(now, nothing())
  }

  function refuse(problem: MicProblem): void {
    discard()
    Object.assign(now, { state: 'refused', problem })
  }

  return { now, begin, record, pause, resume, stop, discard }
}
