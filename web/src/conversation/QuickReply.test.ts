import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '@/account'
import { useLive } from '@/live'
import { answering } from '@/testing/api'
import { violations } from '@/testing/axe'
import { detail, row } from '@/testing/examples'
import { show } from '@/testing/mount'
import Composer from './Composer.vue'
import { useDrafts } from './draft.store'

const fresh = { window: { ...row().window, until: Date.now() + 3_600_000 * 20 } }
const reply = (id: string, title: string, body: string, whole = true) => ({
  id,
  category_id: '1',
  category_name: 'Envíos',
  title,
  body,
  whole,
  size: body.length,
  uses: 0,
  updated_at: 0,
})
const two = [
  reply('1', 'Demora', '<b>Lamento</b> la demora.'),
  reply('2', 'Pedido', 'El pedido {{order number}} sale hoy.'),
]

/** type writes into the box as a person does: the caret stands at the end. */
async function type(composer: Awaited<ReturnType<typeof show>>, text: string) {
  const box = composer.get('textarea')
  const element = box.element as HTMLTextAreaElement
  element.value = text
  element.setSelectionRange(text.length, text.length)
  await box.trigger('input')
  await flushPromises()
  await vi.dynamicImportSettled()
  return box
}

describe('the ":" menu', () => {
  const smile = { annotation: 'smile', emoji: '😄', order: 1, version: 1, tags: [] }
  it('inserts an emoji in the place of its name, and leaves hours alone', async () => {
    localStorage.clear()
    vi.stubGlobal('fetch', async () => Response.json([smile]))
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').trigger('focus')
    await vi.dynamicImportSettled()
    await type(composer, 'At 10:30 :sm')
    const box = await type(composer, 'At 10:30 :smi')
    expect(composer.get('[role=option]').text()).toBe('😄smile')
    expect(box.attributes('aria-controls')).toBe(composer.get('[role=listbox]').attributes('id'))
    await box.trigger('keydown', { key: 'Tab' })
    await flushPromises()
    expect((box.element as HTMLTextAreaElement).value).toBe('At 10:30 😄')
    expect(composer.find('[role=listbox]').exists()).toBe(false)
    expect(JSON.parse(localStorage.getItem('recado.emoji.7')!)).toEqual(['😄'])
  })
})

describe('the "/" menu', () => {
  let answers: Record<string, unknown>
  let asked: ReturnType<typeof answering>
  const open = async () => {
    const composer = await show(Composer, { row: row(fresh), detail: detail(fresh) })
    await composer.get('textarea').trigger('focus')
    await vi.dynamicImportSettled()
    await flushPromises()
    return composer
  }

  beforeEach(() => {
    localStorage.clear()
    answers = {
      'GET /conversations/100/quick-replies': { items: two },
      'POST /conversations/100/quick-replies/1/use': two[0],
      'POST /conversations/100/quick-replies/2/use': two[1],
    }
    asked = answering(answers)
  })

  it('opens while typing, keeps the focus in the box and shows markup as text', async () => {
    const composer = await open()
    const box = await type(composer, '/')
    expect(composer.findAll('[role=option]')).toHaveLength(2)
    expect(box.attributes('aria-activedescendant')).toBe(composer.get('[aria-selected=true]').attributes('id'))
    expect(composer.get('[role=listbox]').text()).toContain('<b>Lamento</b>')
    await box.trigger('keydown', { key: 'ArrowDown' })
    expect(composer.get('[aria-selected=true]').text()).toContain('Pedido')
    expect(await violations(composer.element)).toEqual([])
  })

  it('inserts with Enter in the place of what was typed, and sends nothing', async () => {
    const composer = await open()
    const box = await type(composer, 'Hola. /dem')
    await box.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect((box.element as HTMLTextAreaElement).value).toBe('Hola. <b>Lamento</b> la demora.')
    expect(composer.emitted('send')).toBeUndefined()
    expect(asked.at(-1)?.path).toBe('/conversations/100/quick-replies/1/use')
    await box.trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toHaveLength(1)
  })

  it('waits for the answer when Enter comes first', async () => {
    let answer: (value: unknown) => void = () => undefined
    answers['GET /conversations/100/quick-replies'] = () => new Promise((resolve) => (answer = resolve))
    const composer = await open()
    const box = await type(composer, '/dem')
    await box.trigger('keydown', { key: 'Enter' })
    answer({ items: two })
    await flushPromises()
    await flushPromises()
    expect((box.element as HTMLTextAreaElement).value).toBe('<b>Lamento</b> la demora.')
    expect(composer.emitted('send')).toBeUndefined()
  })

  it('stays closed after Esc until another "/" is begun', async () => {
    const composer = await open()
    const box = await type(composer, '/de')
    await box.trigger('keydown', { key: 'Escape' })
    await type(composer, '/dem')
    expect(composer.find('[role=listbox]').exists()).toBe(false)
    await type(composer, 'dem')
    await type(composer, 'dem /p')
    expect(composer.find('[role=listbox]').exists()).toBe(true)
  })

  it('marks what is to be filled, goes there with Tab, and sends only when nothing is left', async () => {
    const composer = await open()
    const box = await type(composer, '/ped')
    await box.trigger('keydown', { key: 'ArrowDown' })
    await box.trigger('keydown', { key: 'Tab' })
    await flushPromises()
    await vi.dynamicImportSettled()
    const area = box.element as HTMLTextAreaElement
    expect(area.value.slice(area.selectionStart, area.selectionEnd)).toBe('{{order number}}')
    expect(composer.get('mark').text()).toBe('{{order number}}')
    expect(composer.get('[type=submit]').attributes('title')).toBe('Fill: order number')
    await box.trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toBeUndefined()
    area.setSelectionRange(0, 0)
    await box.trigger('keydown', { key: 'Tab' })
    expect(area.selectionStart).toBe(10)
    await type(composer, 'El pedido 48213 sale hoy.')
    await box.trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')![0]![0]).toEqual({ kind: 'text', text: 'El pedido 48213 sale hoy.' })
  })

  it('fetches a long text whole and says that it does not fit one message', async () => {
    const long = 'a'.repeat(1_000_000)
    answers['GET /conversations/100/quick-replies'] = { items: [reply('1', 'Larga', long.slice(0, 600), false)] }
    answers['POST /conversations/100/quick-replies/1/use'] = reply('1', 'Larga', long)
    const composer = await open()
    const box = await type(composer, '/')
    await box.trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(useDrafts().of('100').reply).toHaveLength(1_000_000)
    expect(composer.get('[type=submit]').attributes('title')).toContain('995904 characters over the 4096')
  })

  it('asks again when somebody changed a quick reply, and not before', async () => {
    const composer = await open()
    const searches = () => asked.filter((one) => one.method === 'GET' && one.path.endsWith('/quick-replies')).length
    await type(composer, '/d')
    await type(composer, '')
    await type(composer, '/d')
    expect(searches()).toBe(1)
    useLive().tell({ kind: 'quick_replies' })
    await type(composer, '')
    await type(composer, '/d')
    expect(searches()).toBe(2)
  })

  it('sends with Ctrl+Enter for those who want it so', async () => {
    const composer = await open()
    useSession().me!.user.preferences = { sendWith: 'ctrl-enter' }
    const box = await type(composer, 'Hola')
    await box.trigger('keydown', { key: 'Enter' })
    expect(composer.emitted('send')).toBeUndefined()
    await box.trigger('keydown', { key: 'Enter', ctrlKey: true, isComposing: true })
    expect(composer.emitted('send')).toBeUndefined()
    await box.trigger('keydown', { key: 'Enter', ctrlKey: true })
    expect(composer.emitted('send')).toHaveLength(1)
  })
})
