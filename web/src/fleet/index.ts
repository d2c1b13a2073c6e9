export type { Want } from './fleet.api'
