import { defineAsyncComponent } from 'vue'

export { attach, mostFiles, release, sendAsDocument, start, type Attachment } from './attachments'
export { judge, type Carried, type MediaKind } from './limits'
export { usePlayer } from './player.store'
export type { VoiceFile } from './voice'
/** A recording in the thread; threads without one do not load it. */
export const VoiceNote = defineAsyncComponent(() => import('./VoiceNote.vue'))
