import { effectScope, ref } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { Problem } from '@/api'
import { campaigns } from './campaign.api'
import type { Preview } from './campaign.types'
import { usePreview } from './usePreview'

const rows = [2, 5, 6]
const previewOf = (row: number): Preview => ({
  row,
  cells: [],
  sender: '',
  phone: '',
  template: '',
  language: '',
  problems: [],
  was: null,
  taken_out: false,
  cut: false,
  count: 3,
  rendered: { body: 'fila ' + row },
  missing: [],
})
const settle = () => new Promise((resolve) => setTimeout(resolve))

function seen() {
  vi.spyOn(campaigns, 'preview').mockImplementation((_, from) => {
    const row = rows.find((one) => one >= from)
    return row ? Promise.resolve(previewOf(row)) : Promise.reject(new Problem(404, 'campaign.row_unknown', ''))
  })
  return effectScope().run(() => usePreview('100', ref(0)))!
}

describe('the preview of a row', () => {
  it('goes forward over gaps and back over the rows it showed', async () => {
    const { preview, forward, back, atStart } = seen()
    await settle()
    expect([preview.value?.row, atStart.value]).toEqual([2, true])
    await forward()
    await forward()
    expect(preview.value?.row).toBe(6)
    await back()
    expect(preview.value?.row).toBe(5)
    await back()
    expect([preview.value?.row, atStart.value]).toEqual([2, true])
  })

  it('stays at the last row and says so', async () => {
    const { preview, forward, atEnd, problem } = seen()
    await settle()
    for (let n = 0; n < 3; n++) await forward()
    expect(preview.value?.row).toBe(6)
    expect(atEnd.value).toBe(true)
    expect(problem.value).toBeUndefined()
  })
})
