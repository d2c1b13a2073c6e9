import { describe, expect, it } from 'vitest'
import { noFilter } from './people.api'
import { chosenOf, filterOf, type Segment } from './segments.api'

const lima: Segment = {
  id: '7',
  name: 'Lima',
  kind: 'filter',
  query: { city: 'Lima', from: '2026-11-01', zone: 'America/Lima' },
  by: '',
  origin: '',
  size: 0,
  filling: false,
  created_at: 0,
}
const sheet: Segment = {
  id: '8',
  name: 'Planilla',
  kind: 'list',
  query: {},
  by: '',
  origin: '',
  size: 0,
  filling: false,
  created_at: 0,
}

describe('segments', () => {
  it('are shown as their filter, or as those put into them', () => {
    expect(filterOf(lima)).toEqual({ ...noFilter, city: 'Lima', from: '2026-11-01' })
    expect(filterOf(sheet)).toEqual({ ...noFilter, segment_id: '8' })
  })

  it('are known by the filter that shows them', () => {
    expect(chosenOf([sheet, lima], { ...noFilter, from: '2026-11-01', city: 'Lima' })).toBe(lima)
    expect(chosenOf([sheet, lima], { ...noFilter, segment_id: '8' })).toBe(sheet)
    expect(chosenOf([sheet, lima], { ...noFilter, city: 'Lima' })).toBeUndefined()
    expect(chosenOf([sheet, { ...lima, query: {} }], noFilter)).toBeUndefined()
  })
})
