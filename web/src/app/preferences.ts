import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { useSession } from '@/account'
import type { Me } from '@/api'
import { keepAppearance, readAppearance, type Appearance } from '@/ui/appearance'

/** adoptPreferences takes over what the person chose on another device. */
export function adoptPreferences(me: Me): void {
  const theirs = me.user.preferences?.appearance as Partial<Appearance> | undefined
  if (theirs) keepAppearance({ ...readAppearance(), ...theirs })
}

/** What the desk looks like for this person: at once here, and kept with the user for other devices. */
export const usePreferences = defineStore('preferences', () => {
  const appearance = reactive<Appearance>(readAppearance())
  const session = useSession()
  watch(appearance, (chosen) => {
    keepAppearance({ ...chosen })
    // This device has its choice already; other devices get it with the next change when this one does not arrive.
    session.keepPreference('appearance', { ...chosen }).catch(() => undefined)
  })
  return { appearance }
})
