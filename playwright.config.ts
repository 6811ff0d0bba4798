import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync)

/** How Chromium is started: the system's own, quiet. */
export const CHROMIUM = {
  ...(executablePath ? { executablePath } : {}),
  // Chromium's own services look for hosts that no test needs.
  args: [
    '--no-sandbox',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export default defineConfig({
  testDir: 'e2e/browser',
  outputDir: '.cache/playwright',
  timeout: 60_000,
  // Each test file starts an app of its own; two cores carry one at a time.
  workers: 1,
  use: {
    launchOptions: CHROMIUM,
  },
})
