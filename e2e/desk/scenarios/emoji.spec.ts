import type { Page } from '@playwright/test'
import { composer, expect, open, test, thread } from '../support/desk'
import { shots, violations } from '../support/screens'

const family = '👨‍👩‍👧‍👦'
const flag = '🏴󠁧󠁢󠁳󠁣󠁴󠁿'
const picker = (page: Page) => page.locator('emoji-picker')
const caretAtEnd = (page: Page) => composer(page).evaluate((box: HTMLTextAreaElement) => box.selectionStart === box.value.length)

test('an emoji is chosen with the mouse, goes where the caret stands, and is offered again', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Emoji Ratón', '5531985550941')
  await simulator.says(person, 'Ventas', 'Hola')
  const outside: string[] = []
  const agent = await signedIn('ana')
  const own = new URL(agent.url()).origin
  agent.on('request', (request) => request.url().startsWith('http') && !request.url().startsWith(own) && outside.push(request.url()))
  await open(agent, 'Emoji Ratón')
  await composer(agent).fill('ab')
  await composer(agent).evaluate((box: HTMLTextAreaElement) => box.setSelectionRange(1, 1))
  await agent.getByRole('button', { name: 'Emoji', exact: true }).click()
  await expect(picker(agent).getByRole('combobox', { name: 'Buscar' })).toBeFocused()
  for (const colorScheme of ['light', 'dark'] as const) {
    await agent.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(picker(agent).getByRole('menuitem').first()).toBeVisible()
    await agent.screenshot({ path: `${shots}emoji-picker-${colorScheme}.png` })
    expect(await violations(agent, colorScheme)).toEqual([])
  }
  // In the language of the person, without minding accents.
  await agent.keyboard.type('corazon rojo')
  await picker(agent).getByRole('option', { name: 'corazón rojo' }).first().click()
  await expect(composer(agent)).toHaveValue(/^a❤️?b$/)
  await expect(composer(agent)).toBeFocused()
  await expect(picker(agent)).toHaveCount(0)
  await agent.keyboard.press('Alt+Shift+E')
  await expect(agent.getByRole('group', { name: 'Usados hace poco' }).getByRole('button')).toHaveCount(1)
  await agent.keyboard.press('Escape')
  await expect(composer(agent)).toBeFocused()
  expect(outside).toEqual([])
})

test('the keyboard walks over the emojis as over a grid, and the tone of skin is kept', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Emoji Teclas', '5531985550942')
  await simulator.says(person, 'Ventas', 'Hola')
  const agent = await signedIn('ana')
  await open(agent, 'Emoji Teclas')
  await composer(agent).focus()
  await agent.keyboard.press('Alt+Shift+E')
  const all = picker(agent).getByRole('tabpanel').getByRole('menuitem')
  await expect(all.first()).toBeVisible()
  await all.first().focus()
  await agent.keyboard.press('ArrowRight')
  await expect(all.nth(1)).toBeFocused()
  await agent.keyboard.press('ArrowDown')
  await agent.keyboard.press('ArrowLeft')
  await expect(all.nth(8)).toBeFocused()
  await picker(agent).getByRole('button', { name: /tono de piel/ }).click()
  await picker(agent).getByRole('option', { name: 'Medio', exact: true }).click()
  await agent.keyboard.press('Escape')
  await expect(picker(agent)).toHaveCount(0)

  await expect(composer(agent)).toBeFocused()
  await agent.keyboard.type('Bien :pulg')
  await expect(agent.getByRole('listbox', { name: 'Emojis' }).getByRole('option').first()).toContainText('pulgar hacia arriba')
  await agent.screenshot({ path: `${shots}emoji-menu.png` })
  await agent.keyboard.press('Enter')
  await expect(composer(agent)).toHaveValue('Bien 👍🏽')
  expect(await caretAtEnd(agent)).toBe(true)
  // Hours and faces are no searches.
  await agent.keyboard.type(' a las 10:30 :-) :P')
  await expect(agent.getByRole('listbox', { name: 'Emojis' })).toHaveCount(0)
})

test('families, flags and tones are kept and arrive as they are, and any emoji is a reaction', async ({ signedIn, simulator, handset }) => {
  const person = await simulator.person('Emoji Entero', '5531985550943')
  const first = await simulator.sends(person, 'Ventas', { type: 'text', text: `Somos ${family} de ${flag}` })
  const agent = await signedIn('ana')
  await open(agent, 'Emoji Entero')
  const log = thread(agent, 'Emoji Entero').getByRole('log')
  await expect(log.getByText(`Somos ${family} de ${flag}`, { exact: true })).toBeVisible()
  const words = `👋🏿 ${family} ${flag} 🇨🇴 ❤️‍🔥 1️⃣`
  await composer(agent).fill(words)
  await composer(agent).press('Enter')
  const phone = await handset(person)
  await phone.open()
  await expect(phone.messages.getByText(words, { exact: true })).toBeVisible({ timeout: 15_000 })
  await agent.reload()
  await expect(log.getByText(words, { exact: true })).toBeVisible()

  await log.getByText('Somos').hover()
  await log.getByRole('button', { name: 'Más opciones del mensaje' }).first().click()
  await agent.getByRole('menuitem', { name: 'Reaccionar con otro emoji' }).click()
  await expect(picker(agent).getByRole('combobox', { name: 'Buscar' })).toBeFocused()
  await agent.keyboard.type('bandera colombia')
  await expect(picker(agent).getByRole('option')).toHaveCount(1)
  await agent.keyboard.press('ArrowDown')
  await agent.keyboard.press('Enter')
  await expect(log.getByText('🇨🇴 de nuestra parte')).toBeAttached()
  const ours = async () => (await simulator.thread(person, 'Ventas')).find((one) => one.id === first)?.reactions?.business ?? ''
  await expect.poll(ours, { timeout: 15_000 }).toBe('🇨🇴')
  await expect(picker(agent)).toHaveCount(0)

  // By keyboard, and left without choosing: the focus is back on the message, and its menu opens again.
  const line = log.locator('[data-id]').first()
  await line.focus()
  await agent.keyboard.press('Shift+F10')
  await agent.getByRole('menuitem', { name: 'Reaccionar con otro emoji' }).press('Enter')
  await expect(picker(agent).getByRole('combobox', { name: 'Buscar' })).toBeFocused()
  await agent.screenshot({ path: `${shots}emoji-reaction.png` })
  await agent.keyboard.press('Escape')
  await expect(line).toBeFocused()
  await agent.keyboard.press('Shift+F10')
  await expect(agent.getByRole('menu', { name: 'Opciones del mensaje' })).toBeVisible()
})

test('without a database in the browser a plain search takes the place of the picker', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Emoji Sencillo', '5531985550944')
  await simulator.says(person, 'Ventas', 'Hola')
  const agent = await signedIn('ana')
  await agent.addInitScript(() => Object.defineProperty(window, 'indexedDB', { get: () => undefined }))
  await agent.reload()
  await open(agent, 'Emoji Sencillo')
  await agent.getByRole('button', { name: 'Emoji', exact: true }).click()
  await agent.getByRole('searchbox', { name: 'Buscar un emoji' }).fill('camion')
  await agent.screenshot({ path: `${shots}emoji-plain.png` })
  await agent.getByRole('group', { name: 'Emojis' }).getByRole('button').first().click()
  await expect(composer(agent)).toHaveValue(/^\p{Extended_Pictographic}/u)
  await expect(composer(agent)).toBeFocused()
})

test('the picker fits a phone', async ({ signedIn, simulator }) => {
  const person = await simulator.person('Emoji Móvil', '5531985550945')
  await simulator.says(person, 'Ventas', 'Hola')
  const agent = await signedIn('ana')
  await open(agent, 'Emoji Móvil')
  await agent.setViewportSize({ width: 390, height: 844 })
  await agent.getByRole('button', { name: 'Emoji', exact: true }).click()
  await expect(picker(agent).getByRole('menuitem').first()).toBeVisible()
  await agent.screenshot({ path: `${shots}emoji-picker-390.png` })
  expect(await agent.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  const box = (await picker(agent).boundingBox())!
  expect(box.x).toBeGreaterThanOrEqual(0)
  expect(box.x + box.width).toBeLessThanOrEqual(390)
})
