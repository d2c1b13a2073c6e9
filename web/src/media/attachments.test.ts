import { beforeEach, describe, expect, it, vi } from 'vitest'
import { attach, release, sendAsDocument } from './attachments'

interface Call {
  path: string
  done: (kind: string) => void
  signal: AbortSignal | undefined
}
const calls: Call[] = []
vi.mock('@/api', async (original) => ({
  ...(await original<object>()),
  upload: (path: string, file: File, _: unknown, signal?: AbortSignal) =>
    new Promise((resolve, reject) => {
      calls.push({
        path,
        signal,
        done: (kind) => resolve({ id: '1', name: file.name, mime: '', size: 1, url: '', kind }),
      })
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    }),
}))
const mega = 1024 * 1024
const can = {
  media: [{ kind: 'image' as const, mimes: ['image/png'], bytes: 5 * mega }],
  documents: { kind: 'document' as const, mimes: ['image/png', 'application/pdf'], bytes: 100 * mega },
}
const file = (name: string, type: string, size = 10) =>
  Object.defineProperty(new File(['x'], name, { type }), 'size', { value: size })
const settled = () => new Promise((resolve) => setTimeout(resolve))

describe('attachments', () => {
  beforeEach(() => {
    calls.length = 0
    URL.createObjectURL = () => 'blob:x'
    URL.revokeObjectURL = () => {}
  })

  it('uploads fifty files in turns of three, in their order', async () => {
    const all = Array.from({ length: 50 }, (_, at) => attach(file(`${at}.png`, 'image/png'), 'whatsapp', can))
    expect(calls).toHaveLength(3)
    for (let at = 0; at < 50; at++) {
      calls[at]!.done('image')
      await settled()
    }
    expect(calls).toHaveLength(50)
    expect(all.every((one) => one.state === 'ready')).toBe(true)
  })

  it('takes the word of the server for what a file is', async () => {
    const one = attach(file('foto.png', 'image/png'), 'whatsapp', can)
    calls[0]!.done('document')
    await settled()
    expect(one).toMatchObject({ kind: 'document', unmasked: true, state: 'ready' })
  })

  it('uploads what is too large for a picture only when it is to go as a document', async () => {
    const one = attach(file('foto.png', 'image/png', 6 * mega), 'whatsapp', can)
    expect(one.state).toBe('refused')
    expect(calls).toHaveLength(0)
    sendAsDocument(one)
    expect(calls[0]!.path).toBe('/files?channel=whatsapp&as=document')
    calls[0]!.done('image')
    await settled()
    expect(one).toMatchObject({ kind: 'document', state: 'ready', unmasked: false })
  })

  it('cancels an upload that is under way or waits', async () => {
    const all = Array.from({ length: 4 }, () => attach(file('a.png', 'image/png'), 'whatsapp', can))
    release(all[3]!)
    release(all[0]!)
    await settled()
    expect(calls[0]!.signal?.aborted).toBe(true)
    expect(calls).toHaveLength(3)
    calls.slice(1).forEach((call) => call.done('image'))
    await settled()
  })
})
