import { describe, expect, it } from 'vitest'
import { computed, shallowRef } from 'vue'
import { Problem } from '@/api'
import { useSharedForm } from './useSharedForm'

interface Whole {
  version: number
  settings: { text: string }
}

const refused = new Problem(409, 'thing.edited_by', 'Ana saved meanwhile.', '', { version: 4 })

/** shared is a form beside a server that keeps what is written over the version it has. */
function shared() {
  const server = { now: { version: 3, settings: { text: 'first' } } as Whole, down: false }
  const whole = shallowRef(structuredClone(server.now))
  const form = useSharedForm<Whole['settings'], Whole>({
    kept: computed(() => whole.value.settings),
    changes: (a, b) => Number(a.text !== b.text),
    saved: () => 'saved',
    edited: 'thing.edited',
    version: () => whole.value.version,
    read: () => (server.down ? Promise.reject(new Error('offline')) : Promise.resolve(structuredClone(server.now))),
    write(now, seen) {
      if (seen !== server.now.version) return Promise.reject(refused)
      server.now = { version: seen + 1, settings: { ...now } }
      return Promise.resolve(structuredClone(server.now))
    },
    part: (one) => one.settings,
    take: (one) => (whole.value = one),
  })
  return { server, form }
}

describe('settings several people edit', () => {
  const clashed = async () => {
    const { server, form } = shared()
    form.form.value!.text = 'mine'
    server.now = { version: 4, settings: { text: 'theirs' } }
    expect(await form.save()).toBe(false)
    expect(form.clash.value?.code).toBe('thing.edited_by')
    return { server, form }
  }

  it('are kept, and what was seen moves on', async () => {
    const { server, form } = shared()
    for (const text of ['second', 'third']) {
      form.form.value!.text = text
      expect(await form.save()).toBe(true)
    }
    expect(server.now).toEqual({ version: 5, settings: { text: 'third' } })
    expect(form.clash.value).toBeUndefined()
  })

  it('are kept over those of somebody else only when asked', async () => {
    const { server, form } = await clashed()
    expect(server.now.settings.text).toBe('theirs')
    await form.keepMine()
    expect(server.now).toEqual({ version: 5, settings: { text: 'mine' } })
  })

  it('give way to those of somebody else', async () => {
    const { form } = await clashed()
    await form.takeTheirs()
    expect(form.form.value).toEqual({ text: 'theirs' })
  })

  it('stay on the page when those of somebody else cannot be had', async () => {
    const { server, form } = await clashed()
    server.down = true
    await form.takeTheirs()
    expect(form.form.value).toEqual({ text: 'mine' })
    expect(form.problem.value).toBeDefined()
  })
})
