import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { answering, silence } from '@/testing/api'
import { begin } from '@/testing/mount'
import { useDrafts } from './draft.store'

const place = 'PUT /conversations/100/draft'
const stands = (text: string, version: string, kept = true) => ({ text, version, kept, mode: 'reply' })

describe('drafts', () => {
  beforeEach(async () => {
    await begin()
    vi.useFakeTimers()
    return () => vi.useRealTimers()
  })
  async function wait(): Promise<void> {
    await nextTick()
    await vi.advanceTimersByTimeAsync(800)
    await flushPromises()
  }

  it('are kept on this device at once and on the server after a moment', async () => {
    const asked = answering({ [place]: stands('Hola', '1') })
    useDrafts().of('100').reply = 'Hola'
    await nextTick()
    expect(localStorage.getItem('recado.draft.7.100')).toContain('Hola')
    expect(asked).toHaveLength(0)
    await wait()
    expect(asked.map((one) => one.body)).toEqual([{ mode: 'reply', text: 'Hola' }])
  })

  it('name the version they were begun from, and are forgotten when sent', async () => {
    const asked = answering({
      [place]: (one: { body: { text: string } }) => stands(one.body.text, one.body.text ? '1' : ''),
    })
    const draft = useDrafts().of('100')
    draft.reply = 'Hola'
    await wait()
    draft.reply = ''
    await wait()
    expect(asked.at(-1)!.body).toEqual({ mode: 'reply', text: '', from: '1' })
    expect(localStorage.getItem('recado.draft.7.100')).toBeNull()
  })

  it('of one conversation appear in no other', async () => {
    answering({})
    const drafts = useDrafts()
    drafts.of('100').reply = 'para A'
    drafts.of('100').note = 'nota de A'
    expect(drafts.of('200')).toMatchObject({ reply: '', note: '' })
    expect(drafts.textOf('200')).toBe('')
  })

  it('of two devices are both kept until one is chosen', async () => {
    const asked = answering({ [place]: stands('de la otra', '9', false) })
    const drafts = useDrafts()
    const draft = drafts.of('100')
    draft.reply = 'de esta'
    await wait()
    expect(draft).toMatchObject({ reply: 'de esta', other: { reply: 'de la otra' } })
    draft.reply = 'de esta, más'
    await wait()
    expect(asked).toHaveLength(1)
    drafts.choose('100', 'reply', false)
    await wait()
    expect(asked.at(-1)!.body).toEqual({ mode: 'reply', text: 'de esta, más', from: '9' })
  })

  it('of another device come when the conversation is opened', async () => {
    answering({ 'GET /conversations/100/draft': { items: [stands('del teléfono', '5')] } })
    const drafts = useDrafts()
    await drafts.meet('100')
    expect(drafts.of('100').reply).toBe('del teléfono')
    answering({ 'GET /conversations/100/draft': { items: [] } })
    await drafts.meet('100')
    expect(drafts.of('100').reply).toBe('')
  })

  it('stay on this device when the network or the session is gone', async () => {
    answering({ [place]: silence })
    useDrafts().of('100').reply = 'no se pierde'
    await wait()
    await begin()
    expect(useDrafts().of('100').reply).toBe('no se pierde')
  })

  it('of another window on this device are taken over', async () => {
    answering({})
    const drafts = useDrafts()
    drafts.of('100').reply = 'vieja'
    await nextTick()
    const key = 'recado.draft.7.100'
    localStorage.setItem(key, JSON.stringify({ reply: 'nueva', note: '' }))
    dispatchEvent(new StorageEvent('storage', { key }))
    expect(drafts.of('100').reply).toBe('nueva')
  })
})
