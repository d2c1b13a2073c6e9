export { channelName, glyphOf } from './channel'
export { useChannels, useConnected, useInboxes } from './lookups'
