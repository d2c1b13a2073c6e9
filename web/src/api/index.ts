export { address, api, onSignedOut, upload } from './client'
export { asProblem, Problem } from './problem'
export type * from './types'
