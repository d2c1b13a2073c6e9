import { defineAsyncComponent, type AsyncComponentLoader, type Component } from 'vue'

const pause = 3000

/**
 * lazy is a component whose code comes when it is first shown. Without a connection it is not an error: it waits, and comes when the
 * connection is back.
 */
export function lazy<T extends Component>(loader: AsyncComponentLoader<T>): T {
  return defineAsyncComponent<T>({
    loader,
    delay: 0,
    onError: (_error, retry) => {
      if (navigator.onLine) setTimeout(retry, pause)
      else addEventListener('online', retry, { once: true })
    },
  })
}
