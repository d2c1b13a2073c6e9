export { address, api, base, onSignedOut, upload } from './client'
export { asProblem, Problem } from './problem'
export type * from './types'
