import { onScopeDispose, ref, type Ref } from 'vue'

/** useMedia tells whether the page fits a media query, and keeps telling. */
export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query)
  const fits = ref(list.matches)
  const hear = () => (fits.value = list.matches)
  list.addEventListener('change', hear)
  onScopeDispose(() => list.removeEventListener('change', hear))
  return fits
}
