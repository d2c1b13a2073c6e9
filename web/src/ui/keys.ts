import { onBeforeUnmount, onMounted } from 'vue'
import { readAppearance } from './appearance'

type Handler = (event: KeyboardEvent) => unknown

/** typing tells whether keys belong to a field or a layer over the page, and not to shortcuts. */
function typing(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open], [role=menu], .ui-popover')) return true
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/**
 * useKeys reacts to single keys outside fields while the component is there. A handler that answers false leaves the key
 * alone. People who use speech or switches can turn single keys off.
 */
export function useKeys(handlers: Record<string, Handler>): void {
  function press(event: KeyboardEvent): void {
    const handler = handlers[event.key]
    if (!handler || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
      return
    if (typing(event.target)) return
    if (event.key.length === 1 && !readAppearance().singleKeys) return
    if (handler(event) !== false) event.preventDefault()
  }
  onMounted(() => addEventListener('keydown', press))
  onBeforeUnmount(() => removeEventListener('keydown', press))
}
