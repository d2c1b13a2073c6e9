import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/api'
import { imports, type ContactImport } from './imports.api'
import { useImports } from './useImports'

const one = (state: ContactImport['state']): ContactImport => ({
  id: '1',
  file_name: 'gente.csv',
  by: 'Ana',
  state,
  headers: ['telefono'],
  rules: { columns: ['phone'], existing: 'fill', country: '' },
  total: 1,
  part: 0,
  counts: { read: 0, made: 0, changed: 0, same: 0, bad: 0 },
  problem: '',
  created_at: 1,
  finished_at: null,
})

describe('the imports', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  const scope = () => {
    const all = effectScope()
    return { all, ...all.run(() => useImports())! }
  }
  const settle = () => vi.advanceTimersByTimeAsync(0)

  it('are asked for again while one runs, and no more when it is over', async () => {
    const ask = vi
      .spyOn(imports, 'list')
      .mockResolvedValueOnce({ items: [one('running')] })
      .mockResolvedValue({ items: [one('done')] })
    const list = scope()
    await settle()
    expect(list.journal.value[0]?.state).toBe('running')
    await vi.advanceTimersByTimeAsync(5000)
    expect(list.journal.value[0]?.state).toBe('done')
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it('are not asked for when the page is gone', async () => {
    const ask = vi.spyOn(imports, 'list').mockResolvedValue({ items: [one('running')] })
    const list = scope()
    await settle()
    list.all.stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it('keep the sheet when its rules are refused, and say why', async () => {
    vi.spyOn(imports, 'list').mockResolvedValue({ items: [] })
    vi.spyOn(imports, 'put').mockResolvedValue(one('draft'))
    vi.spyOn(imports, 'start').mockRejectedValue(new Problem(422, 'contact.import_no_phone', 'Choose the column.'))
    const list = scope()
    await list.put(new File(['telefono'], 'gente.csv'))
    await list.start('1', one('draft').rules)
    expect(list.draft.value?.id).toBe('1')
    expect(list.refused.value?.code).toBe('contact.import_no_phone')
    expect(list.busy.value).toBe(false)
  })
})
