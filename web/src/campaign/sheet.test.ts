import { describe, expect, it } from 'vitest'
import type { SheetRow } from './campaign.types'
import { aCampaign } from './fixture'
import { cellOf, columnsShown, headerOf, movedTo } from './sheet'

const { audience } = aCampaign()
const row: SheetRow = {
  row: 7,
  cells: ['abc', 'Luis', '0001', 'promo_x', 'F-1027'],
  sender: '',
  phone: '',
  template: '',
  language: '',
  problems: [],
  was: null,
  taken_out: false,
  cut: false,
}

describe('the columns of a sheet', () => {
  it('give a cell by its header, and nothing for a header the sheet has not', () => {
    expect(cellOf(audience, row, 'factura')).toBe('F-1027')
    expect(cellOf(audience, row, 'otra')).toBe('')
    expect(cellOf(audience, { ...row, cells: ['abc'] }, 'factura')).toBe('')
  })

  it('show who, from where and the values, each header once', () => {
    const shown = columnsShown({
      ...audience.columns,
      variables: { '1': 'factura', 'body.1': 'factura', nombre: 'nombre' },
    })
    expect(shown.map((column) => column.header)).toEqual(['remitente', 'telefono', 'nombre', 'factura'])
  })

  it('find the cell to blame for a problem', () => {
    const message = { template_id: '', language: '', values: { 'body.2': { column: 'nombre' } } }
    expect(headerOf('phone', audience.columns, message)).toBe('telefono')
    expect(headerOf('variables.body.2', audience.columns, message)).toBe('nombre')
    expect(headerOf('variables.body.1', audience.columns, message)).toBe('factura')
    expect(headerOf('row', audience.columns, message)).toBe('')
  })

  it('mean one thing each: a column moved to another meaning leaves the old one', () => {
    const moved = movedTo(audience.columns, 'template', 'factura')
    expect(moved.template).toBe('factura')
    expect(moved.variables).toEqual({})
    expect(movedTo(audience.columns, 'queue', 'nombre')).toMatchObject({ queue: 'nombre', name: '' })
    expect(audience.columns.variables).toEqual({ '1': 'factura' })
  })

  it('can be left out of the sheet', () => {
    expect(movedTo(audience.columns, 'sender', '').sender).toBe('')
  })
})
