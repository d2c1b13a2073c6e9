import { describe, expect, it } from 'vitest'
import type { Template } from '@/api'
import { adviceOf } from './advice'

const template = (name: string, text: string, kinds: string[] = []) =>
  ({ name, shape: { body: { text }, buttons: kinds.map((kind) => ({ kind, text: 'x' })) } }) as unknown as Template

describe('the advice for a redirect', () => {
  it('sends collections to people, in each language', () => {
    expect(adviceOf(template('cobranza_noviembre', 'Hola'), 'none')).toBe('collection')
    expect(adviceOf(template('aviso', 'Sua fatura venceu ontem'), 'notify')).toBe('collection')
    expect(adviceOf(template('reminder', 'Your invoice is overdue'), 'none')).toBe('collection')
  })

  it('says nothing when people answer, or when nothing speaks against the choice', () => {
    expect(adviceOf(template('cobranza', 'Hola'), 'queue')).toBe('')
    expect(adviceOf(template('promo', 'Llegó la primavera'), 'none')).toBe('')
    expect(adviceOf(undefined, 'none')).toBe('')
  })

  it('warns when a button invites to talk and nobody answers', () => {
    expect(adviceOf(template('promo', 'Hola', ['QUICK_REPLY']), 'notify')).toBe('question')
  })
})
