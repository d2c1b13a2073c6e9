import { composer, conversation, expect, test, thread, view } from '../support/desk'

test('a found message opens at the message, far back, and the way down to the newest loses and doubles nothing', async ({ signedIn, simulator }) => {
  test.setTimeout(180_000)
  const person = await simulator.person('Aguja Pajar', '5531985550561')
  for (let n = 1; n <= 20; n++) await simulator.says(person, 'Ventas', `paja ${n}`)
  await simulator.says(person, 'Ventas', 'la palabra es murciélago')
  for (let n = 21; n <= 240; n++) await simulator.says(person, 'Ventas', `paja ${n}`)
  const agent = await signedIn('ana')
  const unread = async () => {
    const answer = await agent.request.get('/api/v1/conversations?view=team&search=' + encodeURIComponent('Aguja Pajar'))
    return ((await answer.json()) as { items: { unread: number }[] }).items[0]?.unread ?? 0
  }
  await expect.poll(unread, { timeout: 90_000 }).toBe(241)

  // Whether it is hers depends on how many she has already.
  await view(agent, 'Equipo')
  await expect(conversation(agent, 'Aguja Pajar')).toBeVisible()

  // By keyboard: the word, and Enter on the message.
  const search = async () => {
    await agent.keyboard.press('Control+k')
    await agent.getByRole('combobox').fill('murcielago')
    await expect(agent.getByRole('option', { name: /murciélago/ })).toBeVisible()
    await agent.keyboard.press('Enter')
  }
  await search()
  const log = thread(agent, 'Aguja Pajar').getByRole('log')
  const found = log.locator('[data-id]', { hasText: 'murciélago' })
  await expect(found).toHaveClass(/lit/) // for two seconds
  await expect(found).toBeInViewport()
  await expect(found).toBeFocused()
  await expect(log.getByText('paja 240', { exact: true })).toHaveCount(0)
  expect(await unread(), 'what was not seen is not read').toBe(241)

  // What comes meanwhile is counted and does not stand behind the window.
  await simulator.says(person, 'Ventas', 'recién dicho')
  await expect(agent.getByRole('button', { name: '1 nuevo' })).toBeVisible()
  await expect(log.getByText('recién dicho')).toHaveCount(0)
  await expect(found).toBeInViewport()

  // Down to the newest: every line once, in order, and what is read does not move when a page comes in.
  const lines = async () => log.locator('[data-id]').evaluateAll((all) => all.map((line) => line.querySelector('.words')?.textContent?.trim() ?? line.textContent!.trim()))
  const seen: string[] = []
  await expect
    .poll(
      async () => {
        for (const line of await lines()) {
          const words = /paja \d+|recién dicho|murciélago/.exec(line)?.[0]
          if (words && !seen.includes(words)) seen.push(words)
        }
        await log.evaluate((view) => view.scrollBy(0, 500))
        return seen.at(-1)
      },
      { timeout: 60_000, intervals: [80] },
    )
    .toBe('recién dicho')
  // The simulator delivers in no fixed order: the server says what stands where.
  const id = /desk\/(\d+)/.exec(agent.url())![1]
  const said: string[] = []
  for (let before = '', more = true; more; ) {
    const answer = await agent.request.get(`/api/v1/conversations/${id}/messages?limit=200&before=${before}`)
    const part = (await answer.json()) as { items: { id: string; text: string; direction: string }[]; earlier: boolean }
    said.unshift(...part.items.filter((one) => one.direction === 'in').map((one) => /paja \d+|recién dicho|murciélago/.exec(one.text)![0]))
    before = part.items[0]!.id
    more = part.earlier
  }
  expect(seen).toEqual(said.slice(said.indexOf(seen[0]!)))
  // Lines far from the view are not drawn, and the last wheel may have stopped before the end.
  await expect(async () => {
    await log.evaluate((view) => view.scrollTo(0, view.scrollHeight))
    await expect(log.getByText('recién dicho')).toBeInViewport({ timeout: 1000 })
  }).toPass()
  await expect(log.getByText('recién dicho')).toHaveCount(1)
  await expect.poll(unread).toBe(0)

  // The same one again, from the list, and back to the end with the button.
  await agent.keyboard.press('Escape')
  await search()
  await expect(found).toBeInViewport()
  await agent.getByRole('button', { name: 'Ir al final' }).click()
  await expect(log.getByText('recién dicho')).toBeInViewport()

  // An answer written beside an old message stands at the end.
  await search()
  await expect(found).toBeInViewport()
  await composer(agent).fill('lo vi')
  await composer(agent).press('Enter')
  await expect(log.getByText('lo vi')).toBeInViewport()
})
