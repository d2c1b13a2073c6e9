import { describe, expect, it } from 'vitest'
import { judge, type Carried } from './limits'

const mega = 1024 * 1024
/** As the server describes WhatsApp. */
const can: Carried = {
  media: [
    { kind: 'image', mimes: ['image/jpeg', 'image/png'], bytes: 5 * mega },
    { kind: 'video', mimes: ['video/mp4'], bytes: 16 * mega },
    { kind: 'document', mimes: ['application/pdf'], bytes: 100 * mega },
  ],
  documents: {
    kind: 'document',
    mimes: ['image/jpeg', 'image/png', 'video/mp4', 'application/pdf', 'image/webp'],
    bytes: 100 * mega,
  },
}

describe('judge', () => {
  it.each([
    ['a photo goes as an image', 'image/jpeg', mega, 'image', '', false],
    ['a large photo can go as a document', 'image/png', 6 * mega, 'image', 'too_large', true],
    ['a picture the channel only hands over is a document', 'image/webp', mega, 'document', '', true],
    ['a video goes as a video', 'video/mp4', 10 * mega, 'video', '', false],
    ['a video the channel does not take is refused', 'video/quicktime', mega, 'video', 'kind', false],
    ['nothing passes the limit of documents', 'application/pdf', 101 * mega, 'document', 'too_large', false],
    ['a huge video is not offered as a document', 'video/mp4', 101 * mega, 'video', 'too_large', false],
    ['an empty file is refused', 'image/png', 0, 'document', 'empty', false],
    ['a type nobody knows is for the server to look at', 'text/csv', mega, 'document', '', false],
  ])('%s', (_, type, size, kind, refusal, asDocument) => {
    expect(judge({ type, size }, can)).toMatchObject({ kind, refusal, asDocument })
  })

  it('refuses nothing while it does not know what the channel carries', () => {
    expect(judge({ type: 'image/png', size: 600 * mega }, undefined)).toMatchObject({ kind: 'image', refusal: '' })
  })
})
