import { describe, expect, it } from 'vitest'
import { settings } from '@/testing/chatbot'
import { differing, only } from './touched'

describe('what was touched', () => {
  it('is named field by field, a list as one', () => {
    const now = settings()
    now.greeting.first = 'Buenas'
    now.faq.questions.push({ id: '', question: '¿Abren?', answer: 'Sí' })
    expect(differing(settings(), now)).toEqual(['greeting.first', 'faq.questions'])
    expect(differing(settings(), settings())).toEqual([])
  })

  it('is all that is written', () => {
    const now = settings()
    now.greeting.first = 'Buenas'
    expect(only(now, ['greeting.first', 'enabled'])).toEqual({ greeting: { first: 'Buenas' }, enabled: now.enabled })
    expect(only(now, [])).toEqual({})
  })
})
