import { defineConfig } from '@playwright/test'
import type { RecadoOptions } from './support/desk'

/** What a person does in both ways to run Recado; the rest is looked at in the demo alone. */
const everywhere = /campaign.*\.spec\.ts/

export default defineConfig<object, RecadoOptions>({
  testDir: 'scenarios',
  outputDir: 'output/results',
  reporter: 'list',
  workers: 2, // each has a Recado of its own
  retries: 2, // one that passes later is named as flaky in the result
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    locale: 'es-ES',
    timezoneId: 'America/Bogota',
    viewport: { width: 1440, height: 900 },
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
    actionTimeout: 10_000,
    launchOptions: {
      executablePath: process.env.RECADO_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'demo', use: { kind: 'demo' } },
    { name: 'serve-postgres', testMatch: everywhere, use: { kind: 'serve' } },
    // scripts/picture takes what the README shows.
    // scripts/desk-figures measures what ux.md promises of the desk.
    ...(process.env.RECADO_FIGURES ? [{ name: 'figures', testDir: 'figures', timeout: 900_000, use: { kind: 'demo' as const } }] : []),
    ...(process.env.RECADO_PICTURE ? [{ name: 'picture', testDir: 'pictures', use: { kind: 'demo' as const } }] : []),
  ],
})
