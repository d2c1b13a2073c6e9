import { computed, effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/api'
import { campaigns } from './campaign.api'
import { useRouteCheck } from './useRouteCheck'

describe('a goal of replies, checked while it is chosen', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function checked(text = '') {
    const email = ref(text)
    const wish = computed(() => (email.value.includes('@') ? { target: 'agent', email: email.value } : undefined))
    return { email, ...effectScope().run(() => useRouteCheck('100', wish))! }
  }
  const rest = () => vi.advanceTimersByTimeAsync(400)

  it('is asked about once the person rests, and not letter by letter', async () => {
    const ask = vi.spyOn(campaigns, 'routeCheck').mockResolvedValue({ ok: true, words: 'Sí' })
    const { email, result } = checked()
    for (const text of ['ana@', 'ana@au', 'ana@aurora.example']) {
      email.value = text
      await nextTick()
    }
    await rest()
    expect(ask).toHaveBeenCalledTimes(1)
    expect(ask).toHaveBeenCalledWith('100', { target: 'agent', email: 'ana@aurora.example' })
    expect(result.value?.ok).toBe(true)
  })

  it('does not take an old answer for the new letters', async () => {
    let late: (value: { ok: boolean; words: string }) => void = () => {}
    vi.spyOn(campaigns, 'routeCheck').mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
    const { email, result } = checked('lila@aurora.example')
    await rest()
    email.value = 'lila'
    await nextTick()
    late({ ok: true, words: '' })
    await rest()
    expect(result.value).toBeUndefined()
  })

  it('is refused in the words of the server', async () => {
    vi.spyOn(campaigns, 'routeCheck').mockResolvedValue({ ok: false, words: 'No tiene acceso al número.' })
    const { result } = checked('lila@aurora.example')
    await rest()
    expect(result.value).toEqual({ ok: false, words: 'No tiene acceso al número.' })
  })

  it('is not held against anyone when the server cannot be asked', async () => {
    vi.spyOn(campaigns, 'routeCheck').mockRejectedValue(new Problem(0, 'network', ''))
    const { result, asking } = checked('ana@aurora.example')
    await rest()
    expect(result.value).toBeUndefined()
    expect(asking.value).toBe(false)
  })
})
