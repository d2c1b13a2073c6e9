import { useI18n } from 'vue-i18n'

const named = new Set([
  'image',
  'document',
  'audio',
  'voice',
  'video',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'interactive',
  'button',
  'template',
  'flow_answer',
  'order',
  'system',
  'edit',
  'revoke',
  'unsupported',
])

/** useKindName names a kind of message, for previews and quotes without words of their own. */
export function useKindName(): (kind: string) => string {
  const { t } = useI18n()
  return (kind) =>
    named.has(kind) ? t('conversation.kind.' + kind) : kind === 'text' ? '' : t('conversation.kind.unsupported')
}
