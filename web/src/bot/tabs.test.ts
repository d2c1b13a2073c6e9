import { describe, expect, it } from 'vitest'
import { settings } from '@/testing/chatbot'
import { changedIn, changes, speak, tabOf } from './tabs'

describe('the tabs of a chatbot', () => {
  it('find the field at fault', () => {
    expect(tabOf('faq.questions.0.answer')).toBe('faq')
    expect(tabOf('default_queue_id')).toBe('queues')
    expect(tabOf('greeting.first')).toBe('flow')
    expect(tabOf('')).toBeUndefined()
  })

  it('know what was changed in them', () => {
    const now = settings()
    now.faq.questions.push({ id: '', question: '¿Abren?', answer: 'Sí' })
    now.default_queue_id = '7'
    expect(changes(now, settings())).toBe(2)
    expect(changedIn('faq', now, settings())).toBe(true)
    expect(changedIn('links', now, settings())).toBe(false)
  })
})

describe('another language', () => {
  it('changes the texts that were offered, not those that were written', () => {
    const now = settings()
    now.greeting.first = 'Buenas'
    speak(now, 'en', { es: settings(), en: settings('Hello') })
    expect(now.language).toBe('en')
    expect(now.greeting).toEqual({ first: 'Buenas', return: 'Hello', return_hours: 24 })
    expect(now.links.caption).toBe('Hello')
    expect(now.links.site).toBe('')
  })
})
