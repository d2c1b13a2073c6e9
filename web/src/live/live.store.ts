import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import { address, type Fact, type FactKind, type FactOf } from '@/api'
import { setServerTime } from '@/i18n/clock'
import { LiveSocket, type LiveState } from './socket'

type Listener = (fact: Fact) => void

/** The one connection to the server's facts. Rooms listen to the kinds they show. */
export const useLive = defineStore('live', () => {
  const state = ref<LiveState>('connecting')
  const listeners = new Map<FactKind, Set<Listener>>()
  const refetchers = new Set<() => void>()
  const greeters = new Set<() => void>()
  let socket: LiveSocket | undefined

  /** A person who looks at a desk is not told on their devices. */
  const show = () => socket?.send({ type: 'visible', visible: !document.hidden })

  function start(signedOut: () => void): void {
    socket ??= new LiveSocket({
      url: (cursor) => location.origin.replace(/^http/, 'ws') + address('/live', { after: cursor }),
      open: (url) => new WebSocket(url),
      facts: (facts) => facts.forEach(tell),
      refetch: () => refetchers.forEach((refetch) => refetch()),
      state: heardState,
      time: setServerTime,
      signedOut,
    })
    socket.start()
    greeters.add(show)
    document.addEventListener('visibilitychange', show)
  }

  function heardState(next: LiveState): void {
    const before = state.value
    state.value = next
    if (next === 'online' && before !== 'online') greeters.forEach((greet) => greet())
  }

  function tell(fact: Fact): void {
    listeners.get(fact.kind)?.forEach((listener) => listener(fact))
  }

  /** on listens to one kind of fact until the answer is called, or the component that asked goes away. */
  function on<K extends FactKind>(kind: K, listener: (fact: FactOf<K>) => void): () => void {
    const set = listeners.get(kind) ?? new Set<Listener>()
    listeners.set(kind, set.add(listener as Listener))
    return forget(() => set.delete(listener as Listener))
  }

  /** onRefetch is told when facts were missed, so that what is shown has to be loaded again. */
  function onRefetch(refetch: () => void): () => void {
    refetchers.add(refetch)
    return forget(() => refetchers.delete(refetch))
  }

  /** onHello is told when the connection stands, the first time and after each drop. */
  function onHello(greet: () => void): () => void {
    greeters.add(greet)
    return forget(() => greeters.delete(greet))
  }

  function forget(stop: () => void): () => void {
    onScopeDispose(stop, true)
    return stop
  }

  return {
    state,
    start,
    tell,
    on,
    onRefetch,
    onHello,
    send: (message: object) => socket?.send(message),
    stop: () => socket?.stop(),
  }
})
