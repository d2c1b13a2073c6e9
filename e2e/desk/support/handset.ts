import { expect, type Locator, type Page } from '@playwright/test'
import { Simulator, type Person } from './simulator'

/** Handset is the phone of one person: the page on which somebody plays the customer. */
export class Handset {
  constructor(
    readonly page: Page,
    private readonly simulator: string,
    private readonly person: Person,
  ) {}

  /** open looks at the conversation that moved last, which reads it. */
  async open(): Promise<void> {
    await this.page.goto(`${this.simulator}/handset/?customer=${this.person.id}`)
    await expect(this.page.getByText(`Eres ${this.person.name}`)).toBeVisible()
  }

  /** away puts the phone down; the simulator's clock goes past the half minute in which it counts as looked at. */
  async away(): Promise<void> {
    await this.page.goto('about:blank')
    await new Simulator(this.simulator).advance(31)
  }

  get messages(): Locator {
    return this.page.getByRole('log', { name: 'Conversación' })
  }

  async writes(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Mensaje de esta persona' }).fill(text)
    await this.page.getByRole('button', { name: 'Enviar', exact: true }).click()
    await expect(this.messages).toContainText(text)
  }

  async taps(button: string): Promise<void> {
    await this.messages.getByRole('button', { name: button }).click()
  }
}
