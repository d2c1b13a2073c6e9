import { beforeEach, describe, expect, it, vi } from 'vitest'
import { violations } from '@/testing/axe'
import { show } from '@/testing/mount'
import { usePlayer } from './player.store'
import VoiceNote from './VoiceNote.vue'
import { peaksOf } from './wave'

const file = { id: '5', name: 'voz.ogg', mime: 'audio/ogg', size: 3000, url: '/api/v1/files/5' }

describe('a voice note', () => {
  beforeEach(() => {
    vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (this: HTMLMediaElement) {
      this.onplay?.(new Event('play'))
    })
    vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(function (this: HTMLMediaElement) {
      this.onpause?.(new Event('pause'))
    })
  })

  it('plays, is heard from then on, and goes faster', async () => {
    const note = await show(VoiceNote, { file, voice: true, incoming: true })
    expect(note.text()).toContain('Not heard yet')
    await note.get('button').trigger('click')
    expect(note.get('button').attributes('aria-label')).toBe('Pause')
    expect(note.text()).not.toContain('Not heard yet')
    expect(localStorage.getItem('recado.heard.7')).toBe('["5"]')
    await note.get('.rate').trigger('click')
    expect(note.get('.rate').text()).toBe('1.5×')
    await note.get('button').trigger('click')
    expect(note.get('button').attributes('aria-label')).toBe('Play')
  })

  it('can be scrubbed, and stops when it leaves the screen', async () => {
    const note = await show(VoiceNote, { file, voice: true })
    const player = usePlayer()
    await note.get('input').setValue('0.6')
    expect(player.now).toMatchObject({ id: '5', at: 0.6 })
    note.unmount()
    expect(player.now).toMatchObject({ id: '', playing: false })
  })

  it('is offered as a download where it cannot be played', async () => {
    const note = await show(VoiceNote, { file, voice: true })
    usePlayer().now.broken = '5'
    await note.vm.$nextTick()
    expect(note.get('a').attributes('href')).toBe('/api/v1/files/5')
  })

  it('draws the loudest of each part', () => {
    expect(peaksOf([0, 0.1, -0.5, 0.2], 2)).toEqual([0.2, 1])
  })

  it('has no violations', async () => {
    const note = await show(VoiceNote, { file, voice: true, incoming: true })
    expect(await violations(note.element)).toEqual([])
  })
})
