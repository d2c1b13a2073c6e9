export { attach, release, sendAsDocument, start, type Attachment } from './attachments'
export { judge, limits, type MediaKind } from './limits'
