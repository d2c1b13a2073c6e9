/** MicProblem is why nothing can be recorded: the words say how to mend it. */
export type MicProblem = 'insecure' | 'unsupported' | 'denied' | 'missing' | 'failed'

/** Types by preference: Ogg is what voice notes are; the server repacks the others. The last is all that older Safaris have. */
const types = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4;codecs=opus', 'audio/mp4']

/** With its container about 13 kbit/s: five minutes stay under 512 KB, above which WhatsApp no longer shows it at once. */
export const bitsPerSecond = 12_000

/** recordingType is what this browser can record, or why it cannot. */
export function recordingType(): { type: string } | { problem: MicProblem } {
  if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) return { problem: 'insecure' }
  const type = 'MediaRecorder' in globalThis ? types.find((one) => MediaRecorder.isTypeSupported(one)) : undefined
  return type ? { type } : { problem: 'unsupported' }
}

/** permission tells how the microphone stands; browsers that do not tell will ask. */
export async function permission(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state
  } catch {
    return 'prompt'
  }
}

/** listen opens the microphone, in mono, or throws a MicProblem. */
export async function listen(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'NotAllowedError' || name === 'SecurityError') throw 'denied' satisfies MicProblem
    if (name === 'NotFoundError' || name === 'OverconstrainedError') throw 'missing' satisfies MicProblem
    throw 'failed' satisfies MicProblem
  }
}

/** meter gives a function that tells how loud it is now, from 0 to 1. */
export function meter(stream: MediaStream): { level: () => number; close: () => void } {
  if (!('AudioContext' in globalThis)) return { level: () => 0, close: () => {} }
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  return {
    level: () => {
      analyser.getFloatTimeDomainData(samples)
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length
      return Math.min(1, Math.sqrt(power) * 4)
    },
    close: () => void context.close(),
  }
}
