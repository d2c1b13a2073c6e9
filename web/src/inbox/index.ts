export { channelName, glyphOf } from './channel'
export { useChannels, useInboxes } from './lookups'
