import { appendFileSync } from 'node:fs'
import { composer, conversation, expect, open, test, view } from '../support/desk'
import { bars, bubbleTimes, coldDesk, openTimes, percentile } from '../support/figures'

const rows = Number(process.env.RECADO_FIGURES_ROWS ?? 10_000)

/** say keeps one figure with its bar. */
function say(what: string, value: number, bar: number, unit: string): void {
  const line = `- ${new Date().toISOString().slice(11, 16)} UTC: P11 ${what}: ${value.toFixed(0)} ${unit}; bar ${bar} ${value <= bar ? 'met' : 'NOT MET'}`
  console.log(line)
  appendFileSync(process.env.RECADO_FIGURES!, line + '\n')
}

test('a cold desk on 10 Mbit/s, 40 ms and a processor four times slower', async ({ signedIn, simulator }) => {
  await simulator.says(await simulator.person('Arranque Frío', '5531985552920'), 'Ventas', 'Hola')
  const page = await signedIn('ana')
  await expect(conversation(page, 'Camila Ríos')).toBeVisible()
  const { painted, visible } = await coldDesk(page, 7)
  say('cold desk, first contentful paint, median of 7', percentile(painted, 0.5), bars.painted, 'ms')
  say('cold desk, conversations visible, median of 7', percentile(visible, 0.5), bars.visible, 'ms')
})

test('opening a conversation and saying something', async ({ signedIn, simulator }) => {
  const names: string[] = []
  for (let n = 0; n < 7; n++) {
    const name = `Cifra ${n + 10}`
    names.push(name)
    await simulator.says(await simulator.person(name, `55319855529${30 + n}`), 'Ventas', `Hola de ${name}`)
  }
  const page = await signedIn('ana')
  await view(page, 'Equipo')
  for (const [what, bar] of [['not loaded before', bars.opened], ['seen before', bars.openedAgain], ['seen before, again', bars.openedAgain]] as const) {
    say(`open a conversation, ${what}, p95 of ${names.length}`, percentile(await openTimes(page, names), 0.95), bar, 'ms')
  }
  await open(page, names[0]!)
  say('own bubble after Enter, p95 of 20', percentile(await bubbleTimes(page, 20), 0.95), bars.ownBubble, 'ms')
})

test(`a list of ${rows} conversations`, async ({ signedIn, simulator }) => {
  for (let from = 0; from < rows; from += 20) {
    await Promise.all(
      Array.from({ length: Math.min(20, rows - from) }, async (_, n) => {
        const person = await simulator.person(`Fila ${from + n}`, `5531${950_000_000 + from + n}`)
        await simulator.says(person, 'Soporte', `Consulta ${from + n}`)
      }),
    )
  }
  const page = await signedIn('luis')
  await view(page, 'Equipo')
  await expect(page.getByRole('option').first()).toBeVisible()
  await expect
    .poll(async () => (await (await page.request.get(`/api/v1/conversations?view=team&limit=1&search=Fila+${rows - 1}`)).json()).items.length, { timeout: 600_000 })
    .toBe(1)
  const list = page.getByRole('listbox', { name: 'Conversaciones' })
  const frames = await list.evaluate(async (box) => {
    let scroller: Element = box
    while (scroller.scrollHeight <= scroller.clientHeight + 1 && scroller.parentElement) scroller = scroller.parentElement
    const times: number[] = []
    let last = performance.now()
    const end = last + 60_000
    while (last < end && times.length < 3000) {
      scroller.scrollTop += 120 // two rows in each frame: a hand that spins the wheel
      await new Promise(requestAnimationFrame)
      const now = performance.now()
      times.push(now - last)
      last = now
    }
    return { times, drawn: document.querySelectorAll('[role=option]').length, at: scroller.scrollTop }
  })
  say(`list of ${rows}, frame while scrolling ${(frames.at / 60).toFixed(0)} rows down, p95 (${frames.drawn} rows drawn)`, percentile(frames.times, 0.95), 17, 'ms')
  await page.getByRole('option').nth(3).click()
  await expect(composer(page)).toBeVisible()
  const keys = composer(page)
  await keys.click()
  await page.evaluate(() => {
    const seen: number[] = []
    Object.assign(window, { seen })
    document.addEventListener('keydown', (event) => requestAnimationFrame(() => setTimeout(() => seen.push(performance.now() - event.timeStamp))), true)
  })
  await page.keyboard.type('Con diez mil conversaciones en la lista se escribe igual.', { delay: 40 })
  say(`list of ${rows}, key to paint, p95`, percentile(await page.evaluate(() => (window as unknown as { seen: number[] }).seen), 0.95), 50, 'ms')
})
