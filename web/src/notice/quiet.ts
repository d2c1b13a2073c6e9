import type { NoticeSettings } from '@/api'

const hour = 3_600_000

/** disturbs tells whether a person may be disturbed at a time. What is told waits in the list all the same. */
export function disturbs(settings: NoticeSettings, at: number): boolean {
  if (!settings.quiet_since) return true
  return settings.quiet_until > 0 && at >= settings.quiet_until
}

export type Quiet = 'off' | 'hour' | 'tomorrow' | 'on'

/** quiet gives the settings for not being disturbed: for an hour, until tomorrow at eight, or until switched off. */
export function quiet(settings: NoticeSettings, how: Quiet, at: number): NoticeSettings {
  const tomorrow = new Date(at)
  tomorrow.setDate(tomorrow.getDate() + 1)
  tomorrow.setHours(8, 0, 0, 0)
  const until = { off: 0, on: 0, hour: at + hour, tomorrow: tomorrow.getTime() }[how]
  return { ...settings, quiet_since: how === 'off' ? 0 : at, quiet_until: until }
}

/**
 * firstOfTabs tells whether this tab is the one that shows and sounds something: of several open desks only one does, a visible
 * one before a hidden one.
 */
export async function firstOfTabs(name: string): Promise<boolean> {
  if (!('locks' in navigator)) return true
  if (document.hidden) await new Promise((done) => setTimeout(done, 300))
  return new Promise((answer) => {
    void navigator.locks.request('recado.notice.' + name, { ifAvailable: true }, async (lock) => {
      answer(lock !== null)
      if (lock) await new Promise((done) => setTimeout(done, 3000))
    })
  })
}
