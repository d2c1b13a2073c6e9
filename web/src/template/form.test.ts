import { describe, expect, it } from 'vitest'
import { addable, blankForm, draftOf, formOf, nameOf, newButton, nextVariable, shapeOf, withButton } from './form'

describe('the form of a template', () => {
  it('makes of a title a name the provider takes', () => {
    expect(nameOf('Pedido Está-Listo 2')).toBe('pedido_esta_listo_2')
  })

  it('numbers a new variable with the first free number', () => {
    expect(nextVariable('')).toBe(1)
    expect(nextVariable('Hola {{1}}, {{3}}')).toBe(2)
    expect(nextVariable('Hola {{name}}')).toBe(1)
  })

  it('keeps quick replies together and offers only what there is room for', () => {
    let buttons = withButton(withButton([], 'quick_reply'), 'url')
    buttons = withButton(buttons, 'quick_reply')
    expect(buttons.map((one) => one.kind)).toEqual(['quick_reply', 'quick_reply', 'url'])
    buttons = withButton(withButton(buttons, 'url'), 'phone_number')
    expect(addable(buttons)).toEqual(['quick_reply', 'copy_code'])
    expect(addable(Array.from({ length: 10 }, () => newButton('quick_reply')))).toEqual([])
  })

  it('writes and reads a draft, the examples of buttons with their place', () => {
    const draft = {
      name: 'aviso',
      language: 'es',
      category: 'UTILITY',
      header: { format: 'TEXT', text: 'Pedido {{1}}' },
      body: 'Hola {{1}}, listo.',
      footer: 'BAJA',
      buttons: [
        { kind: 'quick_reply', text: 'Sí', url: '', phone: '' },
        { kind: 'url', text: 'Ver', url: 'https://x.example/{{1}}', phone: '' },
      ],
      examples: { 'header.1': 'A', 'body.1': 'Ana', 'button.1': 'a' },
    }
    const form = formOf(draft, '20')
    expect(draftOf(form)).toEqual(draft)
    form.buttons.reverse()
    expect(draftOf(form).examples).toEqual({ 'header.1': 'A', 'body.1': 'Ana', 'button.0': 'a' })
  })

  it('sends a header that is a file by its sample, and shows it', () => {
    const form = { ...blankForm(), format: 'IMAGE', header: 'left over', file: '9', buttons: [newButton('copy_code')] }
    expect(draftOf(form).header).toEqual({ format: 'IMAGE', file_id: '9' })
    expect(shapeOf(form, 'Copy')).toMatchObject({ header: { format: 'IMAGE', text: '' }, buttons: [{ text: 'Copy' }] })
  })
})
