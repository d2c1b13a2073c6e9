import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { enableAutoUnmount } from '@vue/test-utils'
import type { WindowState } from '@/api'
import { now } from '@/i18n/clock'
import { detail, noon, row } from '@/testing/examples'
import { show } from '@/testing/mount'
import Composer from './Composer.vue'
import ThreadHeader from './ThreadHeader.vue'
import WindowChip from './WindowChip.vue'

const minute = 60_000
// The server keeps the last minute to itself.
const window = (left: number): WindowState => ({ ...row().window, until: noon + left + minute })
const words = async (left: number, quiet = true) =>
  (await show(WindowChip, { window: window(left), quiet })).text().trim()

describe('the window of a thread', () => {
  beforeEach(() => (now.value = noon))
  enableAutoUnmount(afterEach)

  it('says nothing above two hours, then how long, then minutes and seconds', async () => {
    expect(await words(121 * minute)).toBe('')
    expect(await words(100 * minute)).toContain('Closes in 1 h 40')
    expect(await words(14 * minute + 59_000)).toBe('Closes in 14:59')
  })

  it('is amber and then red', async () => {
    expect((await show(WindowChip, { window: window(60 * minute) })).classes()).toContain('warn')
    expect((await show(WindowChip, { window: window(5 * minute) })).classes()).toContain('danger')
  })

  it('is quiet in the header, and its exact end is told at the box of words', async () => {
    const calm = { window: window(20 * 60 * minute) }
    const header = await show(ThreadHeader, { row: row(calm), detail: detail(calm), panel: false })
    expect(header.text()).not.toContain('Window')
    const composer = await show(Composer, { row: row(calm), detail: detail(calm) })
    expect(composer.get('textarea').attributes('title')).toMatch(/until .*\d/)
  })
})
