import { composer, expect, open, test, thread, view } from '../support/desk'
import { bars, bubbleTimes, coldDesk, openTimes, percentile } from '../support/figures'

/** How many times slower than promised a machine may be that does everything else meanwhile. A desk that became five times slower fails. */
const slack = 5

/** within says a figure and holds it to its bar. */
function within(what: string, value: number, bar: number): void {
  console.log(`    ${what}: ${value.toFixed(0)} ms; bar ${bar} ms`)
  expect(value, what).toBeLessThan(bar * slack)
}

test.use({ trace: 'off' })

test('a cold desk on a slow line and a slow processor is there soon', async ({ signedIn }) => {
  const page = await signedIn('ana')
  await expect(page.getByRole('option').first()).toBeVisible()
  const { painted, visible } = await coldDesk(page, 3)
  within('cold desk, first paint, median of 3', percentile(painted, 0.5), bars.painted)
  within('cold desk, conversations visible, median of 3', percentile(visible, 0.5), bars.visible)
})

test('a conversation opens and an answer stands there at once, a quick reply by two keys and Enter', async ({ signedIn, simulator }) => {
  const names = Array.from({ length: 5 }, (_, n) => `Pronto ${n + 10}`)
  for (const [n, name] of names.entries()) await simulator.says(await simulator.person(name, `55319855542${10 + n}`), 'Ventas', `Hola de ${name}`)
  const page = await signedIn('ana')
  await view(page, 'Equipo')
  await page.locator('#conversations').getByRole('searchbox').fill('Pronto')
  for (const [what, bar] of [['not loaded before', bars.opened], ['seen before', bars.openedAgain]] as const) {
    within(`open a conversation, ${what}, median of ${names.length}`, percentile(await openTimes(page, names), 0.5), bar)
  }
  await open(page, names[0]!)
  within('own bubble after Enter, median of 10', percentile(await bubbleTimes(page, 10), 0.5), bars.ownBubble)

  await composer(page).focus()
  await page.keyboard.press('/')
  const first = page.getByRole('listbox', { name: 'Respuestas rápidas' }).getByRole('option').first()
  await expect(first).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Enter')
  await expect(composer(page)).not.toHaveValue('')
  await expect(composer(page)).not.toHaveValue('/')
  const words = await composer(page).inputValue()
  await page.keyboard.press('Enter')
  await expect(composer(page)).toHaveValue('')
  await expect(thread(page, names[0]!).getByRole('log')).toContainText(words)
})
