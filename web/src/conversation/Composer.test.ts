import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { answering } from '@/testing/api'
import { detail, noon, row } from '@/testing/examples'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import Composer from './Composer.vue'
import { useDrafts } from './draft.store'

const fresh = {
  window: {
    state: 'open' as const,
    until: Date.now() + 3_600_000 * 20,
    allowed: ['free', 'media', 'template'],
    reason: '',
    cost_hint: { kind: '', left: 0, until: 0 },
  },
}
const closedWindow = {
  window: {
    state: 'template_only' as const,
    until: noon,
    allowed: ['template'],
    reason: 'window.closed',
    cost_hint: { kind: 'template', left: 0, until: 0 },
  },
}

describe('the composer', () => {
  beforeEach(() => void answering({ 'GET /channels': { items: [] } }))

  it('sends with Enter and empties the box', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').setValue('  Hola Camila ')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toEqual([[{ kind: 'text', text: 'Hola Camila' }, {}]])
    expect((composer.get('textarea').element as HTMLTextAreaElement).value).toBe('')
  })

  it('makes a line with Shift+Enter and sends nothing while an input method composes', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    const box = composer.get('textarea')
    await box.setValue('に')
    await box.trigger('keydown', { key: 'Enter', shiftKey: true })
    await box.trigger('keydown', { key: 'Enter', isComposing: true })
    await box.trigger('keydown', { key: 'Enter', keyCode: 229 })
    expect(composer.emitted('send')).toBeUndefined()
  })

  it('sends nothing when nothing was written, and says so on the button', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').setValue('   ')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toBeUndefined()
    expect(composer.get('[type=submit]').attributes('title')).toBe('Write something first.')
  })

  it('never shows a draft in another conversation', async () => {
    const id = ref('100')
    const Desk = defineComponent(
      () => () => h(Composer, { key: id.value, row: row({ ...fresh, id: id.value }), detail: detail(fresh) }),
    )
    const desk = await show(Desk)
    await desk.get('textarea').setValue('only for Camila')
    id.value = '200'
    await flushPromises()
    expect((desk.get('textarea').element as HTMLTextAreaElement).value).toBe('')
    id.value = '100'
    await flushPromises()
    expect((desk.get('textarea').element as HTMLTextAreaElement).value).toBe('only for Camila')
  })

  it('keeps a draft over a reload, for this person only', async () => {
    await (await show(Composer, { row: row(fresh), detail: detail(fresh) })).get('textarea').setValue('half a sentence')
    await flushPromises()
    expect(localStorage.getItem('recado.draft.7.100')).toContain('half a sentence')
    const again = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    expect((again.get('textarea').element as HTMLTextAreaElement).value).toBe('half a sentence')
  })

  it('offers a template when the window is closed, and keeps what was written', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').setValue('I was writing')
    await composer.setProps({ row: row(closedWindow) })
    expect(composer.find('textarea').exists()).toBe(false)
    expect(composer.text()).toContain('The 24-hour window is closed')
    expect(composer.text()).toContain('I was writing')
    await composer.get('button').trigger('click')
    expect(composer.emitted('template')).toHaveLength(1)
  })

  it('writes a note in its own box, also when the window is closed', async () => {
    const composer = await show(Composer, { row: row(closedWindow), detail: detail(closedWindow) })
    await composer
      .findAll('button')
      .find((button) => button.text() === 'Internal note')!
      .trigger('click')
    await composer.get('textarea').setValue('call her tomorrow')
    await composer.get('form').trigger('submit')
    expect(composer.emitted('send')).toEqual([[{ kind: 'note', text: 'call her tomorrow' }, {}]])
    expect(useDrafts().of('100').reply).toBe('')
  })

  it('quotes the message it answers, once', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    useDrafts().of('100').replyTo = { id: '9', text: '¿Cuánto cuesta?', kind: 'text' }
    await flushPromises()
    expect(composer.text()).toContain('¿Cuánto cuesta?')
    await composer.get('textarea').setValue('120')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')![0]![0]).toEqual({ kind: 'text', text: '120', reply_to_id: '9' })
    expect(composer.text()).not.toContain('¿Cuánto cuesta?')
  })

  it('has no violations', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    expect(await violations(composer.element)).toEqual([])
  })

  it('keeps the words when the window closes while writing, and asks what to do with them', async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').setValue('Sobre tu pedido')
    await composer.setProps({ row: row(closedWindow), detail: detail(closedWindow) })
    expect(composer.find('textarea').exists()).toBe(false)
    expect(composer.get('[role=alert]').text()).toBe('The window closed while you were writing. Your text is kept.')
    expect(composer.text()).toContain('Sobre tu pedido')
    const button = (name: string) => composer.findAll('button').find((one) => one.text() === name)!
    await button('Send template instead').trigger('click')
    expect(composer.emitted('template')).toHaveLength(1)
    await button('Keep as draft').trigger('click')
    expect(composer.find('[role=alert]').exists()).toBe(false)
    expect(useDrafts().of('100').reply).toBe('Sobre tu pedido')
    expect(await violations(composer.element)).toEqual([])
  })

  it('offers the open conversations of the same person on other numbers', async () => {
    const others = [
      { id: '101', inbox: { id: '21', label: 'Soporte', channel: 'whatsapp' }, window: fresh.window },
      { id: '102', inbox: { id: '22', label: 'Cobros', channel: 'whatsapp' }, window: closedWindow.window },
    ]
    const composer = await show(Composer, { row: row(closedWindow), detail: detail({ ...closedWindow, others }) })
    expect(composer.text()).toContain('Write by Soporte')
    expect(composer.text()).not.toContain('Cobros')
  })

  it.each([
    [{ state: 'open_human' as const, allowed: ['free', 'human_agent'] }, 'Automations cannot write here'],
    [
      { state: 'paid_push' as const, allowed: ['free', 'push'], cost_hint: { kind: 'quota', left: 312, until: 0 } },
      'Uses quota: 312 left',
    ],
    [{ state: 'opted_out' as const, allowed: ['free', 'utility'] }, 'asked for no marketing'],
  ])('says what is special about writing in %j', async (change, words) => {
    const window = { ...fresh.window, ...change }
    const composer = await show(Composer, { row: row({ window }), detail: detail({ window }) })
    expect(composer.find('textarea').exists()).toBe(true)
    expect(composer.text()).toContain(words)
  })

  it.each([
    ['blocked' as const, 'takes no message now'],
    ['no_identity' as const, 'has not come by this channel'],
    ['account_problem' as const, 'disconnected'],
  ])('writes nothing when the window is %s', async (state, words) => {
    const window = { ...closedWindow.window, state, allowed: [], reason: '' }
    const composer = await show(Composer, { row: row({ window }), detail: detail({ window }) })
    expect(composer.find('textarea').exists()).toBe(false)
    expect(composer.text()).toContain(words)
    expect(composer.text()).not.toContain('Send template')
  })
})

describe('mentions in a note', () => {
  async function noting() {
    answering({
      'GET /conversations/100/nameable': {
        items: [
          { user_id: '8', name: 'Luis Rey' },
          { user_id: '9', name: 'María Luján' },
        ],
      },
    })
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    useDrafts().of('100').mode = 'note'
    await vi.dynamicImportSettled()
    await flushPromises()
    return composer
  }

  it('offer who sees the conversation, take Enter, and go with the note', async () => {
    const composer = await noting()
    const box = composer.get('textarea')
    await box.setValue('mira esto @lu')
    await flushPromises()
    expect(composer.findAll('[role=option]').map((one) => one.text())).toEqual(['Luis Rey', 'María Luján'])
    expect(box.attributes('aria-activedescendant')).toBe(composer.get('[aria-selected=true]').attributes('id'))
    expect(await violations(composer.element)).toEqual([])
    await box.trigger('keydown', { key: 'Enter' })
    expect((box.element as HTMLTextAreaElement).value).toBe('mira esto @Luis Rey ')
    expect(composer.emitted('send')).toBeUndefined()
    await box.trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toEqual([[{ kind: 'note', text: 'mira esto @Luis Rey', mentions: ['8'] }, {}]])
  })

  it('leave out whose name was taken out again', async () => {
    const composer = await noting()
    useDrafts().of('100').named = [{ user_id: '8', name: 'Luis Rey' }]
    await composer.get('textarea').setValue('ya no')
    await composer.get('textarea').trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toEqual([[{ kind: 'note', text: 'ya no' }, {}]])
  })
})
