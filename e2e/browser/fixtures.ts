import AxeBuilder from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { type App, startApp } from '../app'
import { type Sshd, startSshd } from '../testbed/sshd'

type Parts = { app: App; host: Sshd }

/**
 * Each worker has an app and a machine of its own. A tab that logs an error or a warning fails its
 * test; what the server drew and the browser does not (hydration) is logged as one.
 */
export const test = base.extend<{ quiet: undefined }, Parts>({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern.
    async ({}, use) => {
      const app = await startApp({ DGX_DESIGN: '1' })
      await use(app)
      await app.stop()
      app.remove()
    },
    { scope: 'worker' },
  ],
  host: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern.
    async ({}, use) => {
      const host = await startSshd()
      await use(host)
      await host.stop()
    },
    { scope: 'worker' },
  ],
  quiet: [
    async ({ context }, use) => {
      const problems: string[] = []
      context.on('console', (message) => {
        // A refused request or an app that is away is what some tests are about; Chromium writes
        // both as errors.
        if (
          ['error', 'warning'].includes(message.type()) &&
          !/Failed to load resource|ERR_CONNECTION_REFUSED/.test(message.text())
        ) {
          problems.push(message.text())
        }
      })
      context.on('weberror', (error) => problems.push(error.error().message))
      await use(undefined)
      expect(problems).toEqual([])
    },
    { auto: true },
  ],
  baseURL: async ({ app }, use) => use(app.origin),
})

export { expect }

/**
 * A connected machine, for tests that are about something else; of the files that a worker runs the
 * first adds it.
 */
export async function addMachine(app: App, host: Sshd, name: string): Promise<string> {
  await app.call('POST', 'connections', { name, ...host.target })
  const { body } = await app.call('POST', `connect/${name}`)
  await app.call('GET', `metrics/${name}`)
  return body.data.connection_id
}

/** No accessibility violation and no sideways scrolling, in both themes and both widths. */
export async function expectGoodPage(page: Page): Promise<void> {
  // After a navigation the title arrives with the streamed head.
  await expect(page).toHaveTitle(/DGX Command Center/)
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      // A colour on its way from one theme to the other is neither.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 900 })
      // Pages have no frames; the other mode opens a page of its own for each look.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      )
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}
