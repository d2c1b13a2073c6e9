import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Asked } from './campaign.types'
import { isPeriod, rangeOf } from './period'

/** The names of the filters in the address. */
export const filterNames = ['q', 'period', 'first', 'last', 'n', 'origin', 'template', 'author', 'state'] as const
export type FilterName = (typeof filterNames)[number]
export type Given = Record<FilterName, string>

/** askedOf turns the address into what the API is asked. */
export function askedOf(given: Given, now = new Date()): Asked {
  const wanted: Asked = {
    ...rangeOf(given.period, given.first, given.last, now),
    inbox_id: given.n,
    origin: given.origin,
    template_id: given.template,
    author_id: given.author,
    state: given.state,
    text: given.q.trim(),
  }
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value))
}

/** useFilter keeps the filters in the address, so that a filtered page can be kept and sent on. usual is the period without one. */
export function useFilter(usual = '') {
  const route = useRoute()
  const router = useRouter()
  const text = (name: FilterName) => (typeof route.query[name] === 'string' ? route.query[name] : '')
  const given = computed(() => {
    const all = Object.fromEntries(filterNames.map((name) => [name, text(name)])) as Given
    return { ...all, period: isPeriod(all.period) ? all.period : usual }
  })
  const key = computed(() => JSON.stringify(given.value))
  // A new object only when a filter changed: what is asked must not change by itself.
  const asked = computed(() => askedOf(JSON.parse(key.value) as Given))
  const active = computed(() => filterNames.some((name) => text(name)))
  const set = (name: FilterName, wanted: string) => {
    const dates = name === 'period' && wanted !== 'dates' ? { first: undefined, last: undefined } : {}
    void router.replace({ query: { ...route.query, ...dates, [name]: wanted || undefined } })
  }
  const clear = () => void router.replace({ query: {} })
  return { given, asked, active, set, clear }
}
