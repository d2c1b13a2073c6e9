const glyphs: Record<string, string> = {
  whatsapp: 'WA',
  instagram: 'IG',
  facebook: 'FB',
  telegram: 'TG',
  line: 'LN',
  viber: 'VB',
  wechat: 'WC',
  sms: 'SMS',
  email: '@',
  webchat: 'Web',
}
const names: Record<string, string> = {
  whatsapp: 'WhatsApp',
  instagram: 'Instagram',
  facebook: 'Facebook',
  telegram: 'Telegram',
}

/** glyphOf is the channel in two or three letters, for the corner of an avatar. */
export const glyphOf = (channel: string): string => glyphs[channel] ?? channel.slice(0, 2).toUpperCase()

/** channelName is the channel's own name, the same in every language. */
export const channelName = (channel: string): string => names[channel] ?? channel
