import { expect, type Locator, type Page } from '@playwright/test'

/** Wizard is the way from a sheet to a campaign that goes out, as the manager walks it. */
export class Wizard {
  constructor(readonly page: Page) {}

  /** begin makes a new draft. */
  async begin(): Promise<void> {
    await this.page.getByRole('link', { name: 'Mensajes activos' }).click()
    await this.page.getByRole('button', { name: 'Nueva campaña' }).first().click()
    await expect(this.page.getByRole('heading', { name: '¿A quién escribes?' })).toBeVisible()
  }

  /** sheet gives the audience, a file or a path, and waits for the check. */
  async sheet(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
    await this.page.getByLabel('Elegir archivo').first().setInputFiles(file)
    await expect(this.page.getByRole('table', { name: 'Filas de la planilla' })).toBeVisible()
  }

  /** row is a row of the sheet as the check shows it. */
  row(number: number): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: String(number), exact: true }) })
  }

  /** goOn takes the primary button below the step. */
  async goOn(name: RegExp | string = /^Continuar/): Promise<void> {
    await this.page.getByRole('button', { name }).click()
  }

  async at(step: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 2, name: step })).toBeVisible()
  }

  /** send names the campaign and sends it now. */
  async send(name: string, people: number): Promise<void> {
    await this.at('Última mirada antes de enviar')
    await this.page.getByLabel('Nombre de la campaña').fill(name)
    await this.goOn(/^Enviar$/)
    const question = this.page.getByRole('dialog', { name: '¿Enviar ahora?' })
    await question.getByRole('button', { name: `Enviar a ${people}` }).click()
    await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible()
  }
}
