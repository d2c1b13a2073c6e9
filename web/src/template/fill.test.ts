import { describe, expect, it } from 'vitest'
import { template } from '@/testing/examples'
import { fieldsOf, piecesOf, problemOf, renderedOf } from './fill'

const body = { key: 'body.1', part: 'body' as const, name: '1' }

describe('fieldsOf', () => {
  it('lists the values in the order people read them', () => {
    expect(fieldsOf(template().shape).map(({ key }) => key)).toEqual(['header.1', 'body.1', 'body.2'])
  })
  it('asks for the file of a media header and the end of a link', () => {
    const shape = {
      header: { format: 'IMAGE' },
      body: { text: 'Hola' },
      buttons: [
        { kind: 'quick_reply', text: 'Sí' },
        { kind: 'url', text: 'Ver', url: 'https://x.example/{{1}}', variable: 'button.1' },
      ],
    }
    expect(fieldsOf(shape)).toMatchObject([
      { key: 'header.media', media: 'image' },
      { key: 'button.1', name: 'Ver' },
    ])
  })
})

describe('problemOf', () => {
  it('finds what the provider would refuse', () => {
    expect(problemOf(body, '  ')).toBe('missing')
    expect(problemOf(body, 'a\nb')).toBe('newline')
    expect(problemOf(body, 'a     b')).toBe('spaces')
    expect(problemOf(body, 'a    b')).toBe('')
    expect(problemOf({ key: 'header.media', part: 'header', name: '', media: 'image' }, 'http://x.example/a.png')).toBe(
      'link',
    )
  })
})

describe('piecesOf', () => {
  it('marks values and what is missing', () => {
    expect(piecesOf('Hola {{1}}, {{2}}', 'body.', { 'body.1': 'Ana' })).toEqual([
      { text: 'Hola ', mark: '' },
      { text: 'Ana', mark: 'value' },
      { text: ', ', mark: '' },
      { text: '{{2}}', mark: 'missing' },
    ])
  })
  it('takes a value that looks like a variable as it is', () => {
    expect(piecesOf('{{1}}', 'body.', { 'body.1': '{{2}}' })).toEqual([{ text: '{{2}}', mark: 'value' }])
  })
})

describe('renderedOf', () => {
  it('is what the person will read', () => {
    expect(renderedOf(template(), { 'header.1': 'Ana', 'body.1': 'Ana', 'body.2': 'F-1021' })).toEqual({
      header: 'Aviso para Ana',
      body: 'Hola Ana, tu factura F-1021 vence hoy.',
      footer: 'Responde BAJA para no recibir más',
      buttons: [{ kind: 'quick_reply', text: 'Ya pagué' }],
    })
  })
})
