export { useOutbox } from './outbox.store'
