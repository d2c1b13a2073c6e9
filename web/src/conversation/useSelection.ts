import { computed, onScopeDispose, shallowReactive } from 'vue'
import type { Id } from '@/api'

const longPress = 500

/** useSelection knows which rows are selected: by check box, by x, with Shift as a stretch, by a long press on touch. */
export function useSelection(order: () => Id[]) {
  const selected = shallowReactive(new Set<Id>())
  let last: Id = ''
  let pressing: ReturnType<typeof setTimeout> | undefined
  let pressed = false

  function toggle(id: Id, stretch = false): void {
    const ids = order()
    const [from, to] = [ids.indexOf(last), ids.indexOf(id)]
    if (stretch && from >= 0 && to >= 0) {
      for (const one of ids.slice(Math.min(from, to), Math.max(from, to) + 1)) selected.add(one)
    } else if (!selected.delete(id)) selected.add(id)
    last = id
  }

  function press(id: Id, event: PointerEvent): void {
    pressed = false
    if (event.pointerType !== 'touch') return
    pressing = setTimeout(() => {
      pressed = true
      toggle(id)
    }, longPress)
  }
  const release = () => clearTimeout(pressing)
  onScopeDispose(release)

  /** held tells once whether the click that comes now ends a long press. */
  function held(): boolean {
    const was = pressed
    pressed = false
    return was
  }

  return { selected, count: computed(() => selected.size), toggle, clear: () => selected.clear(), press, release, held }
}
