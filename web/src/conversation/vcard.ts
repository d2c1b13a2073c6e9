import type { Content } from '@/api'

export type Card = NonNullable<Content['cards']>[number]

/** escape writes a value of a vCard: what has a meaning in it is marked, lines become \n (RFC 6350 §3.4). */
const escape = (text: string) => text.replace(/[\\;,]/g, (sign) => '\\' + sign).replace(/\r?\n/g, '\\n')

/** vcardOf writes a contact card as vCard 3.0, which all address books read. */
export function vcardOf(card: Card): string {
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', 'FN:' + escape(card.name), 'N:' + escape(card.name) + ';;;;']
  if (card.org) lines.push('ORG:' + escape(card.org))
  for (const phone of card.phones ?? []) lines.push('TEL;TYPE=CELL:' + escape(phone))
  for (const email of card.emails ?? []) lines.push('EMAIL:' + escape(email))
  return [...lines, 'END:VCARD', ''].join('\r\n')
}

/** saveCard gives the card to the person as a file. */
export function saveCard(card: Card): void {
  const url = URL.createObjectURL(new Blob([vcardOf(card)], { type: 'text/vcard;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = (card.name.replace(/[^\p{L}\p{N} _-]/gu, '').trim() || 'contact') + '.vcf'
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
