import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, type Ability, type Area, type AvailabilityState, type Level, type Me } from '@/api'

const rank: Record<Level, number> = { none: 0, view: 1, edit: 2 }

/** Who is signed in and what they may do. The application starts with it filled. */
export const useSession = defineStore('session', () => {
  const me = ref<Me>()
  const user = computed(() => me.value!.user)

  function can(area: Area, level: Level = 'view'): boolean {
    return rank[me.value?.permissions.areas[area] ?? 'none'] >= rank[level]
  }

  function has(ability: Ability): boolean {
    return me.value?.permissions.abilities.includes(ability) ?? false
  }

  async function reload(): Promise<void> {
    me.value = await api.get<Me>('/session')
  }

  async function setAvailability(state: AvailabilityState, reason = ''): Promise<void> {
    const now = await api.put<Me['availability']>('/me/availability', { state, reason })
    heardAvailability(now)
  }

  function heardAvailability(now: Me['availability']): void {
    if (me.value) me.value.availability = now
  }

  async function keepLocale(locale: string): Promise<void> {
    await api.patch('/me', { locale })
    if (me.value) me.value.user.locale = locale
  }

  async function keepPreference(name: string, value: unknown): Promise<void> {
    if (!me.value) return
    const preferences = { ...me.value.user.preferences, [name]: value }
    me.value.user.preferences = preferences
    await api.patch('/me', { preferences })
  }

  async function signOut(): Promise<void> {
    await api.delete('/session')
    leave()
  }

  return { me, user, can, has, reload, setAvailability, heardAvailability, keepLocale, keepPreference, signOut }
})

/** leave goes to the sign-in page and comes back to where we are after it. Loading the page anew forgets everything in memory. */
export function leave(comeBack = false): void {
  localStorage.removeItem('recado.known')
  location.assign('/sign-in' + (comeBack ? '?next=' + encodeURIComponent(location.pathname + location.search) : ''))
}
