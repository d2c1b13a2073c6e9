import { inject, nextTick, onBeforeUnmount, onMounted, provide, ref, watch, type InjectionKey, type Ref } from 'vue'
import type { Id } from '@/api'

/** What a chunk does when it comes near or goes far, and which messages it holds. */
interface ChunkView {
  come: (near: boolean, height: number) => void
  show: () => void
  holds: (id: Id) => boolean
}

interface ChunkViews {
  /** born tells whether a new chunk is drawn at once; while a far message is looked for it is not. */
  born: () => boolean
  watch: (box: HTMLElement, view: ChunkView) => void
  forget: (box: HTMLElement) => void
}

const key: InjectionKey<ChunkViews> = Symbol('chunks')
const margin = 1500
const atEnd = 48

/** useChunkView is how a chunk learns whether it is near what is being read. */
export function useChunkView(): ChunkViews {
  const views = inject(key)
  if (!views) throw new Error('outside a thread')
  return views
}

/**
 * useThreadScroll keeps what is being read where it is: whoever is at the end stays there, and what grows, shrinks or comes in
 * above moves nothing. Chunks far away are not drawn.
 */
export function useThreadScroll(
  log: Ref<HTMLElement | null>,
  inner: Ref<HTMLElement | null>,
  /** What changes when something appears or goes above what is being read. */
  above: () => unknown[],
  /** Whether the last line is what was said last: only then its end is a place to stay at. */
  whole: () => boolean,
) {
  const pinned = ref(true)
  const views = new Map<Element, ChunkView>()
  const heights = new Map<Element, number>()
  let rough = false
  let drawn: IntersectionObserver | undefined

  const toEnd = () => log.value && (log.value.scrollTop = log.value.scrollHeight)

  function measure(): boolean {
    const view = log.value
    if (view) pinned.value = whole() && view.scrollHeight - view.scrollTop - view.clientHeight < atEnd
    return pinned.value
  }

  const sizes = new ResizeObserver((entries) => {
    const view = log.value
    if (!view) return
    let above = 0
    for (const { target } of entries) {
      const box = target as HTMLElement
      if (!views.has(box)) continue
      const before = heights.get(box)
      const now = box.offsetHeight
      heights.set(box, now)
      // What ended above the first line in view pushes the rest down by what it grew.
      if (before !== undefined && box.offsetTop + before <= view.scrollTop + 1) above += now - before
    }
    if (pinned.value) toEnd()
    else if (above) view.scrollTop += above
  })

  // Before the page is drawn anew with lines above, it is measured; after that, what is being read is put back in its place.
  let before = { height: 0, top: 0 }
  // As one text: a new array would differ each time, also when a line came in below.
  const whatAbove = () => above().join(' ')
  watch(whatAbove, () => log.value && (before = { height: log.value.scrollHeight, top: log.value.scrollTop }), {
    flush: 'pre',
  })
  watch(
    whatAbove,
    () => {
      const view = log.value
      if (!view) return
      if (!pinned.value) view.scrollTop = before.top + view.scrollHeight - before.height
      for (const box of views.keys()) heights.set(box, (box as HTMLElement).offsetHeight)
    },
    { flush: 'post' },
  )

  /** reveal draws the chunk that holds a message and gives its line. */
  async function reveal(id: Id): Promise<HTMLElement | null> {
    const at = [...views].find(([, view]) => view.holds(id))
    at?.[1].show()
    await nextTick()
    return log.value?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`) ?? null
  }

  provide(key, {
    born: () => !rough,
    watch: (box, view) => {
      views.set(box, view)
      sizes.observe(box)
      drawn?.observe(box)
    },
    forget: (box) => {
      views.delete(box)
      heights.delete(box)
      sizes.unobserve(box)
      drawn?.unobserve(box)
    },
  })

  onMounted(() => {
    if (typeof IntersectionObserver !== 'undefined') {
      drawn = new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries)
            views.get(target)?.come(isIntersecting, (target as HTMLElement).offsetHeight)
        },
        { root: log.value, rootMargin: `${margin}px 0px` },
      )
      for (const box of views.keys()) drawn.observe(box)
    }
    if (log.value) sizes.observe(log.value)
    if (inner.value) sizes.observe(inner.value)
  })
  onBeforeUnmount(() => {
    sizes.disconnect()
    drawn?.disconnect()
  })

  /** roughly runs what looks for something far away: what comes in on the way is not drawn. */
  async function roughly<T>(run: () => Promise<T>): Promise<T> {
    rough = true
    try {
      return await run()
    } finally {
      await nextTick()
      rough = false
    }
  }

  return { pinned, toEnd, measure, reveal, roughly }
}
