import { existsSync, readdirSync } from 'node:fs'
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

const testDir = 'e2e/browser'

export default defineConfig({
  testDir,
  outputDir: '.cache/playwright',
  // Limits for what never comes; a loaded machine is no failure.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  // Each file waits for its machines for most of its time.
  workers: 2,
  // A project shares no worker with another, so that each file has an app and a machine of its own.
  projects: readdirSync(testDir)
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => ({ name: name.replace('.spec.ts', ''), testMatch: name })),
  use: {
    launchOptions: CHROMIUM,
  },
})
