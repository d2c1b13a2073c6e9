import { describe, expect, it } from 'vitest'
import { judge } from './limits'

const mega = 1024 * 1024

describe('judge', () => {
  it.each([
    ['a photo goes as an image', { type: 'image/jpeg', size: mega }, { kind: 'image', refusal: '', asDocument: false }],
    [
      'a large photo can go as a document',
      { type: 'image/png', size: 6 * mega },
      { kind: 'image', refusal: 'too_large', asDocument: true },
    ],
    [
      'a picture of another type is a document',
      { type: 'image/webp', size: mega },
      { kind: 'document', refusal: '', asDocument: false },
    ],
    [
      'a video goes as a video',
      { type: 'video/mp4', size: 10 * mega },
      { kind: 'video', refusal: '', asDocument: false },
    ],
    [
      'nothing passes the limit of documents',
      { type: 'application/pdf', size: 101 * mega },
      { kind: 'document', refusal: 'too_large', asDocument: false },
    ],
    [
      'a huge video is not offered as a document',
      { type: 'video/mp4', size: 101 * mega },
      { kind: 'video', refusal: 'too_large', asDocument: false },
    ],
    [
      'an empty file is refused',
      { type: 'image/png', size: 0 },
      { kind: 'document', refusal: 'empty', asDocument: false },
    ],
  ])('%s', (_, file, verdict) => {
    expect(judge(file)).toEqual(verdict)
  })
})
