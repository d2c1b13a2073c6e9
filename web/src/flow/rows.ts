import type { Ref } from 'vue'

/** How many headers a request has at most, and how many parts of its answer are kept. */
export const mostRows = 10

/** useRows changes a list of a request line by line; a list that is not there yet is empty. */
export function useRows<T extends object>(list: Ref<T[] | null | undefined>) {
  const all = () => list.value ?? []
  const change = (at: number, what: Partial<T>) =>
    (list.value = all().map((one, i) => (i === at ? { ...one, ...what } : one)))
  const remove = (at: number) => (list.value = all().filter((_, i) => i !== at))
  const add = (one: T) => (list.value = [...all(), one])
  return { all, change, remove, add }
}
