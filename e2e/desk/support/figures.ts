import { expect, type Page } from '@playwright/test'
import { composer, conversation } from './desk'

/** The numbers ux.md section 1 promises of the desk, in milliseconds. */
export const bars = { painted: 900, visible: 1200, opened: 200, openedAgain: 50, ownBubble: 50 }

export const percentile = (times: number[], p: number) => times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * p))]!

/**
 * coldDesk opens the desk some times without a cache, on 10 Mbit/s, 40 ms and a processor four times slower, and says when the first
 * thing was painted and when conversations were there, in milliseconds.
 */
export async function coldDesk(page: Page, times: number): Promise<{ painted: number[]; visible: number[] }> {
  const browser = await page.context().newCDPSession(page)
  await browser.send('Network.enable')
  const painted: number[] = []
  const visible: number[] = []
  for (let n = 0; n < times; n++) {
    await page.goto('about:blank')
    await browser.send('Network.clearBrowserCache')
    await browser.send('Network.emulateNetworkConditions', { offline: false, latency: 40, downloadThroughput: 1_250_000, uploadThroughput: 1_250_000 })
    await browser.send('Emulation.setCPUThrottlingRate', { rate: 4 })
    await page.goto('/desk', { waitUntil: 'commit' })
    await page.waitForFunction(() => document.querySelector('[role=option]'), undefined, { polling: 'raf' })
    visible.push(await page.evaluate(() => performance.now()))
    painted.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]!.startTime))
  }
  await browser.detach()
  return { painted, visible }
}

/** openTimes is how long each person's conversation takes from the click in the list to what they said, "Hola de" and their name. */
export async function openTimes(page: Page, names: string[]): Promise<number[]> {
  const times: number[] = []
  for (const name of names) {
    await expect(conversation(page, name)).toBeVisible()
    times.push(await until(page, '[role=log]', `Hola de ${name}`, () => conversation(page, name).click()))
  }
  return times
}

/** bubbleTimes is how long each of some answers takes from Enter to its bubble. */
export async function bubbleTimes(page: Page, answers: number): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < answers; n++) {
    await composer(page).fill(`respuesta ${n}.`)
    times.push(await until(page, '[role=log]', `respuesta ${n}.`, () => composer(page).press('Enter')))
  }
  return times
}

/** until is how long it takes, by the page's own clock, from what a person does to words in a place being painted. */
async function until(page: Page, place: string, words: string, act: () => Promise<void>): Promise<number> {
  const painted = page.evaluate(
    ([place, words]) =>
      new Promise<number>((done) => {
        let begun = 0
        const begin = (event: Event) => (begun ||= event.timeStamp)
        for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, begin, { capture: true, once: true })
        const look = () => {
          const there = begun && [...document.querySelectorAll(place!)].some((one) => one.textContent.includes(words!))
          if (there) requestAnimationFrame(() => done(performance.now() - begun))
          else requestAnimationFrame(look)
        }
        look()
      }),
    [place, words],
  )
  await act()
  return painted
}
