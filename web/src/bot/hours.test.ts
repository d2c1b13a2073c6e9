import { describe, expect, it } from 'vitest'
import { drawn, minutes, pasted } from './hours'

describe('opening hours', () => {
  it('are read from 00:00 to 24:00', () => {
    expect(minutes('08:30')).toBe(510)
    expect(minutes('24:00')).toBe(1440)
    for (const wrong of ['24:30', '8', '08:60', '']) expect(minutes(wrong)).toBeUndefined()
  })

  it('are drawn with the night before, and what overlaps is marked', () => {
    expect(drawn([{ from: '06:00', to: '12:00' }], [])).toEqual([{ start: 25, width: 25, doubled: false }])
    expect(drawn([], [{ from: '18:00', to: '06:00' }])).toEqual([{ start: 0, width: 25, doubled: false }])
    expect(drawn([{ from: '18:00', to: '06:00' }], []).map((piece) => piece.width)).toEqual([25])
    const both = drawn(
      [
        { from: '08:00', to: '12:00' },
        { from: '11:00', to: '13:00' },
      ],
      [],
    )
    expect(both.every((piece) => piece.doubled)).toBe(true)
    expect(drawn([{ from: 'x', to: '10:00' }], [])).toEqual([])
  })

  it('take a list of holidays and leave the lines that are none', () => {
    const { holidays, rest } = pasted('25/12 - Navidad\n\n1/1/2027: Año Nuevo\nnada')
    expect(holidays).toEqual([
      { date: '25/12', name: 'Navidad', intervals: [] },
      { date: '1/1/2027', name: 'Año Nuevo', intervals: [] },
    ])
    expect(rest).toEqual(['nada'])
  })
})
