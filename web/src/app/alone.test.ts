import { beforeEach, describe, expect, it, vi } from 'vitest'

const load = async (address: string) => {
  history.replaceState(null, '', address)
  vi.resetModules()
  return (await import('./alone')).useAlone()
}

describe('the desk alone', () => {
  beforeEach(() => sessionStorage.clear())

  it('is asked for by the address and stays for the window', async () => {
    expect((await load('/desk')).alone.value).toBe(false)
    expect((await load('/desk?alone')).alone.value).toBe(true)
    const later = await load('/desk/7')
    expect(later.alone.value).toBe(true)
    later.showMenu()
    expect(later.alone.value).toBe(false)
    expect((await load('/desk')).alone.value).toBe(false)
  })

  it('opens one window, not several', async () => {
    const opened = vi.spyOn(window, 'open').mockReturnValue(null)
    ;(await load('/desk')).openAlone()
    expect(opened).toHaveBeenCalledWith('/desk?alone', 'recado-desk', expect.stringContaining('popup'))
  })
})
