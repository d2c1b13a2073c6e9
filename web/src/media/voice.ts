import type { FileRef } from '@/api'

/** VoiceFile is a recording the server keeps. */
export interface VoiceFile extends FileRef {
  /** It goes as a voice note; otherwise as a file with sound. */
  voice: boolean
  duration_ms: number
}
