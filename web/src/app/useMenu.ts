import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useSession } from '@/account'
import { menu, type MenuEntry, type MenuGroup } from './menu'

/** What stands on the rail: a page, or a group of several pages with a submenu. */
export type RailItem = { entry: MenuEntry; group?: undefined } | { group: MenuGroup; entry?: undefined }

/** useMenu is the menu as this person sees it: pages that exist and that their profile opens. */
export function useMenu(table: MenuGroup[] = menu) {
  const session = useSession()
  const route = useRoute()
  const router = useRouter()

  const mayOpen = (entry: MenuEntry) => session.can(entry.area) && (!entry.ability || session.has(entry.ability))
  const exists = (entry: MenuEntry) => router.resolve(entry.path).name !== 'missing'
  const groups = computed(() =>
    table
      .map((group) => ({ ...group, entries: group.entries.filter((one) => mayOpen(one) && exists(one)) }))
      .filter((group) => group.entries.length > 0),
  )
  const entries = computed(() => groups.value.flatMap((group) => group.entries))
  const rail = computed(() =>
    groups.value.flatMap((group): RailItem[] => {
      const rest = group.entries.filter((entry) => !entry.direct)
      const direct = group.entries.filter((entry) => entry.direct).map((entry) => ({ entry }))
      if (rest.length < 2) return [...direct, ...rest.map((entry) => ({ entry }))]
      return [...direct, { group: { ...group, entries: rest } }]
    }),
  )

  const within = (path: string) => route.path === path || route.path.startsWith(path + '/')
  // Of two pages one inside the other, the inner one is where we are.
  const isHere = (entry: MenuEntry) =>
    within(entry.path) && !entries.value.some(({ path }) => path.startsWith(entry.path + '/') && within(path))
  const holdsPage = (group: MenuGroup) => group.entries.some(isHere)
  return { groups, entries, rail, isHere, holdsPage }
}
