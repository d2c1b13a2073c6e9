import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../support/desk'
import { csv } from '../support/files'
import { shots } from '../support/screens'
import { Wizard } from '../support/wizard'
import type { Page } from '@playwright/test'

const sheet = (name: string) =>
  csv(name, [
    ['telefono', 'remitente', 'plantilla', 'nombre', '{{1}}', '{{2}}'],
    ['+55 31 98555-3301', 'Ventas', 'promo_primavera', 'Alba Paz', 'Alba', '20 %'],
    ['abc', 'Ventas', 'promo_primavera', 'Bruno Paz', 'Bruno', '20 %'],
    ['+55 31 98555-3303', 'Ventas', 'promo_primavra', 'Clara Paz', 'Clara', '20 %'],
    ['+55 31 98555-3304', 'Ventas', 'promo_primavera', 'Dora Paz', '', '20 %'],
    ['+55 31 98555-3301', 'Ventas', 'promo_primavera', 'Alba Paz', 'Alba', '20 %'],
  ])

async function upload(page: Page, name: string): Promise<Wizard> {
  const wizard = new Wizard(page)
  await wizard.begin()
  await wizard.sheet(sheet(name))
  await expect(page.getByText('3 con error')).toBeVisible({ timeout: 20_000 })
  return wizard
}

test('a sheet is corrected in place, by keyboard, with undo, and downloaded as it counts now', async ({ signedIn }) => {
  test.setTimeout(120_000)
  const manager = await signedIn('manager')
  const wizard = await upload(manager, 'planilla-3301.csv')
  const main = manager.getByRole('main')

  await test.step('Enter writes a cell, Tab goes to the next, Esc gives up', async () => {
    const cell = main.getByRole('button', { name: 'Teléfono, fila 3: abc' })
    await cell.focus()
    await manager.keyboard.press('F2')
    const input = main.getByRole('textbox', { name: /^Teléfono, fila 3/ })
    await expect(input).toBeFocused()
    await input.fill('x')
    await manager.keyboard.press('Escape')
    await expect(cell).toBeFocused()
    await manager.keyboard.press('Enter')
    await input.fill('+55 31 98555-3302')
    await manager.keyboard.press('Tab')
    await expect(main.getByRole('textbox', { name: /^Nombre, fila 3/ })).toBeFocused()
    await manager.keyboard.press('Escape')
    await expect(wizard.row(3)).toContainText('Lista')
  })

  await test.step('the value that would be right is one press away', async () => {
    await main.getByRole('button', { name: 'Usar promo_primavera' }).click()
    await expect(wizard.row(4)).toContainText('Lista')
    await expect(main.getByText('3 listas').first()).toBeVisible({ timeout: 15_000 })
    await manager.screenshot({ path: `${shots}sheet-edit.png`, fullPage: true })
  })

  await test.step('undo takes it back, and a row is taken out and put back', async () => {
    await main.getByRole('button', { name: 'Deshacer' }).click()
    await expect(wizard.row(4)).not.toContainText('Lista')
    await main.getByRole('button', { name: 'Quitar la fila 4' }).click()
    await expect(main.getByText('1 quitada')).toBeVisible({ timeout: 15_000 })
    await main.getByRole('button', { name: 'Reponer la fila 4' }).click()
    await expect(main.getByText('1 quitada')).toHaveCount(0, { timeout: 15_000 })
  })

  await test.step('nothing is wrong with the page, and the corrected file has what counts', async () => {
    const found = await new AxeBuilder({ page: manager }).include('main').analyze()
    expect(found.violations).toEqual([])
    const [file] = await Promise.all([
      manager.waitForEvent('download'),
      main.getByRole('link', { name: 'Descargar planilla corregida' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('planilla-3301-corrected.csv')
    const stream = await file.createReadStream()
    let text = ''
    for await (const part of stream) text += String(part)
    expect(text).toContain('+55 31 98555-3302')
    expect(text).not.toContain('abc')
  })
})

test('two people correct one sheet, and on a phone a row opens whole', async ({ signedIn }) => {
  test.setTimeout(120_000)
  const manager = await signedIn('manager')
  const wizard = await upload(manager, 'planilla-3311.csv')
  const main = manager.getByRole('main')

  await test.step('a correction that comes late says whose came first, and works when tried again', async () => {
    const id = /campaigns\/(\d+)/.exec(manager.url())![1]
    const other = await manager.request.patch(`/api/v1/campaigns/${id}/rows`, { data: { row: 5, cells: { nombre: 'Dora Luz' } } })
    expect(other.ok(), await other.text()).toBe(true)
    await main.getByRole('button', { name: 'Teléfono, fila 3: abc' }).click()
    const input = main.getByRole('textbox', { name: /^Teléfono, fila 3/ })
    await input.fill('+55 31 98555-3312')
    await input.press('Enter')
    await expect(main.getByRole('alert')).toContainText('La fila no se guardó')
    await expect(input).toHaveValue('+55 31 98555-3312')
    await input.press('Enter')
    await expect(wizard.row(3)).toContainText('Lista')
  })

  await test.step('on a phone', async () => {
    await manager.setViewportSize({ width: 390, height: 844 })
    await main.getByRole('button', { name: 'Editar la fila 4' }).click()
    const dialog = manager.getByRole('dialog', { name: 'Fila 4' })
    await dialog.getByLabel('plantilla').fill('promo_primavera')
    await manager.screenshot({ path: `${shots}sheet-edit-phone.png` })
    await dialog.getByRole('button', { name: 'Guardar fila' }).click()
    await expect(dialog).toHaveCount(0)
    await expect(main.getByText('3 listas').first()).toBeVisible({ timeout: 15_000 })
    await manager.screenshot({ path: `${shots}sheet-edit-phone-list.png`, fullPage: true })
    const wide = await manager.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect(wide).toBe(false)
  })
})

test('the people of a checked sheet become a segment that gets a campaign', async ({ signedIn }) => {
  test.setTimeout(120_000)
  const manager = await signedIn('manager')
  await upload(manager, 'planilla-3321.csv')
  await manager.getByRole('button', { name: 'Guardar estas personas como segmento' }).click()
  const dialog = manager.getByRole('dialog')
  await dialog.getByLabel('Nombre del segmento').fill('Gente de la planilla')
  await dialog.getByRole('button', { name: 'Guardar', exact: true }).click()
  await expect(dialog).toHaveCount(0)
  await manager.goto('/contacts')
  const chip = manager.getByRole('button', { name: /^Gente de la planilla/ })
  await expect(chip).toContainText('1')
  await chip.click()
  await expect(manager.getByText('Una lista de 1 persona, de planilla-3321.csv')).toBeVisible({ timeout: 15_000 })
  await expect(manager.getByRole('link', { name: 'Alba Paz' }).first()).toBeVisible()
  await manager.screenshot({ path: `${shots}segment-list.png` })
  await manager.getByRole('button', { name: /^Eliminar|^Borrar/ }).first().click()
  await manager.getByRole('dialog').getByRole('button', { name: /^Eliminar|^Borrar/ }).click()
  await expect(chip).toHaveCount(0)
})
