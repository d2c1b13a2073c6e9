/** useLayerFocus treats the trigger of a layer as part of it, and gives the focus back to it unless something else was chosen. */
export function useLayerFocus(anchor: () => HTMLElement) {
  let elsewhere = false

  function outside(event: CustomEvent): void {
    if (anchor().contains(event.target as Node)) return event.preventDefault()
    elsewhere = true
  }

  function left(event: Event): void {
    const stay = elsewhere
    elsewhere = false
    if (event.defaultPrevented) return
    event.preventDefault()
    // The key that closed it has had its effect by then, and does not press the trigger again.
    if (!stay) setTimeout(() => anchor().focus())
  }

  return { outside, left }
}
