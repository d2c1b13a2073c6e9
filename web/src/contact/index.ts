import { defineAsyncComponent } from 'vue'
import { UiSkeleton } from '@/ui'

/** The panel comes after the conversation: who opens the desk reads and answers first. */
export const ContactPanel = defineAsyncComponent({
  loader: () => import('./ContactPanel.vue'),
  loadingComponent: UiSkeleton,
  delay: 150,
})
