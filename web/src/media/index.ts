import { defineAsyncComponent } from 'vue'

export { attach, mostFiles, release, sendAsDocument, start, type Attachment } from './attachments'
export { judge, type Carried, type MediaKind } from './limits'
export { usePlayer } from './player.store'
export { useRecordings } from './recordings.store'
export type { VoiceFile } from './voice'
/** A recording in the thread. */
export { default as VoiceNote } from './VoiceNote.vue'
/** Where a voice note is made. */
export const VoiceRecorder = defineAsyncComponent(() => import('./VoiceRecorder.vue'))
