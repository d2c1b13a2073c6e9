import { computed, onBeforeUnmount, shallowReactive, type Component } from 'vue'

/** Something a person can do now, for the command bar. */
export interface Action {
  /** Names it among all actions; the bar knows synonyms by it. */
  id: string
  /** What it says, in the language of the page: a verb and its object. */
  label: string
  icon?: Component
  /** The key that does the same. */
  keys?: string[]
  /** Why it cannot be done now; empty when it can. */
  reason?: string
  /** Stands among the first while nothing is typed. */
  likely?: boolean
  run: () => unknown
}

const offers = shallowReactive(new Set<() => Action[]>())

/** useActions offers actions to the command bar while the component is there. */
export function useActions(offer: () => Action[]): void {
  offers.add(offer)
  onBeforeUnmount(() => offers.delete(offer))
}

/** All actions offered now. What came last, the most particular, stands first. */
export const offered = computed(() => [...offers].reverse().flatMap((offer) => offer()))
