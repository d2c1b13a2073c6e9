import {
  cloneVNode,
  Comment,
  computed,
  defineComponent,
  ref,
  useId,
  useTemplateRef,
  type Component,
  type InjectionKey,
  type PropType,
  type VNode,
} from 'vue'
import { lazy } from './lazy'

/*
 * Menus and popovers load on first use, for their code (reka-ui) is a fifth of what the desk would load at once. The button that opens
 * one is there from the start; its code is asked for as soon as the pointer or the focus reaches it, so that it is there for the click.
 */

/** MenuParts are the entries of a menu, which its layer brings along. */
export interface MenuParts {
  item: Component
  choice: Component
}
export const menuParts: InjectionKey<MenuParts> = Symbol('menu parts')

export const MenuLayer = lazy(() => import('./MenuLayer.vue'))
export const PopoverLayer = lazy(() => import('./PopoverLayer.vue'))

/** LayerTrigger shows the element that a slot gives, with the attributes it is given itself. */
export const LayerTrigger = defineComponent({
  name: 'LayerTrigger',
  inheritAttrs: false,
  props: { slotted: { type: Function as PropType<() => VNode[]>, required: true } },
  setup:
    (props, { attrs }) =>
    () => {
      const shown = props.slotted().find(({ type }) => type !== Comment)
      return shown && cloneVNode(shown, attrs)
    },
})

/** useLayer is what a button needs to open a layer: its attributes, its element, the layer's id, and whether the layer's code is wanted yet. */
export function useLayer(kind: 'menu' | 'dialog', open: { value: boolean }) {
  const trigger = useTemplateRef<{ $el: HTMLElement }>('trigger')
  const id = useId()
  const reached = ref(false)
  const reach = () => void (reached.value = true)
  const attributes = computed(() => ({
    'aria-haspopup': kind,
    'aria-expanded': open.value,
    'aria-controls': open.value ? id : undefined, // names what is there, or nothing
    'data-state': open.value ? 'open' : 'closed',
    onPointerenter: reach,
    onFocus: reach,
  }))
  let element: HTMLElement
  /** The trigger's element; the last it was, when the layer goes together with it. */
  const anchor = () => (element = trigger.value?.$el ?? element)
  return { attributes, id, anchor, wanted: computed(() => reached.value || open.value) }
}
