export { leave, useSession } from './session.store'
