export { channelName, glyphOf } from './channel'
export { useInboxes } from './lookups'
