import { describe, expect, it } from 'vitest'
import { aCampaign, aTemplate } from './fixture'
import { kindOf, previewValues, proposedSources, shapeOf, valuesIn, withoutFile } from './values'

const columns = aCampaign().audience.columns

describe('where values come from', () => {
  it('is proposed from the sheet by number or full place', () => {
    expect(proposedSources(aTemplate, { ...columns, variables: { '1': 'nombre', 'body.2': 'factura' } })).toEqual({
      'body.1': { column: 'nombre' },
      'body.2': { column: 'factura' },
      'body.3': {},
    })
  })

  it('keeps what was chosen before', () => {
    const before = { 'body.1': { text: 'Hola' }, 'body.9': { text: 'de otra plantilla' } }
    expect(proposedSources(aTemplate, columns, before)).toMatchObject({ 'body.1': { text: 'Hola' } })
    expect(proposedSources(aTemplate, columns, before)).not.toHaveProperty('body.9')
  })

  it('is one file for everybody where a header is one, which another template does not take over', () => {
    const shown = { ...aTemplate, shape: { ...aTemplate.shape, header: { format: 'IMAGE', text: '' } } }
    const media = (before: Record<string, object>) => proposedSources(shown, columns, before)['header.media']
    expect(media({})).toEqual({ text: '' })
    expect(media({ 'header.media': { text: 'file:7' } })).toEqual({ text: 'file:7' })
    expect(media(withoutFile({ 'header.media': { text: 'file:7' } }))).toEqual({ text: '' })
    expect(media(withoutFile({ 'header.media': { column: 'foto' } }))).toEqual({ column: 'foto' })
    expect(media(withoutFile({ 'header.media': { text: 'https://aurora.example/a.png' } }))).toEqual({
      text: 'https://aurora.example/a.png',
    })
  })

  it('shows which of the three ways is in use', () => {
    expect(kindOf(undefined)).toBe('column')
    expect(kindOf({ field: 'name' })).toBe('field')
    expect(kindOf({ text: '' })).toBe('text')
  })
})

describe('the values in a rendered message', () => {
  const text = aTemplate.shape.body.text

  it('are found between the words of the template', () => {
    expect(valuesIn(text, 'Hola Ana, tu factura F-1021 vence el 30/11.', 'body.')).toEqual({
      'body.1': 'Ana',
      'body.2': 'F-1021',
      'body.3': '30/11',
    })
  })

  it('leave out what is missing and stands there in braces', () => {
    expect(valuesIn(text, 'Hola Ana, tu factura {{2}} vence el 30/11.', 'body.')).toEqual({
      'body.1': 'Ana',
      'body.3': '30/11',
    })
  })

  it('may hold signs that mean something to a pattern', () => {
    expect(valuesIn('Son {{1}} (total).', 'Son $5 [a+b]? (total).', 'body.')).toEqual({ 'body.1': '$5 [a+b]?' })
  })

  it('are none when the text is of another template', () => {
    expect(valuesIn(text, 'Otra cosa', 'body.')).toEqual({})
  })

  it('come from header and body alike', () => {
    const shape = { ...aTemplate.shape, header: { format: 'TEXT', text: 'Pedido {{1}}', variables: ['1'] } }
    const rendered = { header: 'Pedido 9', body: 'Hola A, tu factura B vence el C.' }
    expect(previewValues(shape, rendered)).toEqual({ 'header.1': '9', 'body.1': 'A', 'body.2': 'B', 'body.3': 'C' })
    expect(previewValues(shape, rendered, 'file:7')).toMatchObject({ 'header.media': 'file:7' })
  })

  it('are not needed to show a message of an unknown template', () => {
    expect(shapeOf({ body: 'Hola', buttons: ['Sí', { kind: 'url', text: 'Ver' }] })).toMatchObject({
      body: { text: 'Hola' },
      header: null,
      buttons: [
        { kind: 'quick_reply', text: 'Sí' },
        { kind: 'url', text: 'Ver' },
      ],
    })
  })
})
