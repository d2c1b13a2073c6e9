import { vi } from 'vitest'

/** FakeRecorder is a MediaRecorder that records nothing, for tests. */
export class FakeRecorder {
  static isTypeSupported = (type: string) => type.startsWith('audio/webm')
  state = 'inactive'
  mimeType = 'audio/webm;codecs=opus'
  ondataavailable: (event: { data: Blob }) => void = () => {}
  onstop: () => void = () => {}
  start() {
    this.state = 'recording'
  }
  pause() {
    this.state = 'paused'
  }
  resume() {
    this.state = 'recording'
  }
  stop() {
    this.state = 'inactive'
    this.ondataavailable({ data: new Blob(['sound']) })
    this.onstop()
  }
}

/** microphone puts a microphone into the page; refusal is the name of the error it answers with. It gives what tells whether it is open. */
export function microphone(state: PermissionState = 'granted', refusal = '') {
  const track = { stop: vi.fn<() => void>(), onended: null }
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('MediaRecorder', FakeRecorder)
  vi.stubGlobal('navigator', {
    ...navigator,
    languages: ['en'],
    permissions: { query: async () => ({ state }) },
    mediaDevices: {
      getUserMedia: async () => {
        if (refusal) throw new DOMException('no', refusal)
        return { getTracks: () => [track] }
      },
    },
  })
  URL.createObjectURL = () => 'blob:voice'
  URL.revokeObjectURL = () => {}
  return track
}
