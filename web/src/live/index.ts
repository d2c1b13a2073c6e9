export { useLive } from './live.store'
export type { LiveState } from './socket'
