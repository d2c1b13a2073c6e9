import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { i18n, setLocale, wantWords } from '.'
import { countdown, useFormat } from './format'

function inLanguage(): ReturnType<typeof useFormat> {
  let format: ReturnType<typeof useFormat> | undefined
  const Probe = defineComponent({
    setup() {
      format = useFormat()
      return () => null
    },
  })
  mount(Probe, { global: { plugins: [i18n] } })
  return format!
}

const minute = 60_000
const hour = 60 * minute
const noon = new Date(2026, 10, 24, 12, 0, 0).getTime()

describe('useFormat', () => {
  beforeEach(() => wantWords('ui'))

  it('says how long ago in the shortest way that is clear', async () => {
    await setLocale('es')
    const { ago } = inLanguage()
    expect(ago(noon - 10_000, noon)).toBe('ahora')
    expect(ago(noon - 4 * minute, noon)).toBe('4 min')
    expect(ago(noon - 2 * hour, noon)).toBe('2 h')
    expect(ago(noon - 24 * hour, noon)).toBe('ayer')
    expect(ago(noon - 21 * 24 * hour, noon)).toBe('3 nov')
  })

  it('gives a span in two units at most', async () => {
    await setLocale('en')
    const { span } = inLanguage()
    expect(span(40_000)).toBe('0 min')
    expect(span(3 * hour + 12 * minute)).toBe('3 h 12 min')
    expect(span(5 * hour)).toBe('5 h')
    expect(span(50 * hour)).toBe('2 d')
  })

  it('writes numbers as the language does', async () => {
    await setLocale('pt-BR')
    expect(inLanguage().number(14812)).toBe('14.812')
    await setLocale('en')
    expect(inLanguage().number(14812)).toBe('14,812')
  })

  it('keeps the clock at 24 hours in every language', async () => {
    for (const locale of ['es', 'pt-BR', 'en'] as const) {
      await setLocale(locale)
      expect(inLanguage().time(noon + 7 * hour)).toBe('19:00')
    }
  })

  it('reads sizes as people do', async () => {
    await setLocale('en')
    const { bytes } = inLanguage()
    expect(bytes(900)).toBe('900\u00a0B')
    expect(bytes(512 * 1024)).toBe('512\u00a0KB')
    expect(bytes(4.25 * 1024 * 1024)).toBe('4.3\u00a0MB')
  })
})

describe('countdown', () => {
  it('counts down in minutes and seconds, and past zero with a minus', () => {
    expect(countdown(340_000)).toBe('5:40')
    expect(countdown(-130_000)).toBe('−2:10')
    expect(countdown(0)).toBe('0:00')
  })
})
