import type { Page } from '@playwright/test'
import { type App, startApp } from '../app'
import { expect, test } from './fixtures'

test('with an API key set, the browser logs in once, and out again', async ({ page }) => {
  const app = await startApp({ API_SERVER_KEY: 'a long enough secret' })
  try {
    await page.goto(`${app.origin}/jobs`)
    await page.getByLabel('API key').fill('wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await expect(page.getByText('That key is wrong. Try again.')).toBeVisible()
    await page.getByLabel('API key').fill('a long enough secret')
    await page.getByRole('button', { name: 'Log in' }).click()
    await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible()
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await page.goto(`${app.origin}/connections`)
    await expect(page.getByRole('heading', { name: 'Machines', level: 1 })).toBeVisible()

    await createAndRevokeKey(page, app)

    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: 'Log out' }).click()
    // The page of settings has something of that label, too.
    await page.waitForURL(`${app.origin}/login`)
    await expect(page.getByLabel('API key')).toBeVisible()
    await page.goto(`${app.origin}/connections`)
    await expect(page.getByLabel('API key')).toBeVisible()
  } finally {
    await app.stop()
    app.remove()
  }
})

/** A key for an agent: seen once, used, limited, taken away. */
async function createAndRevokeKey(page: Page, app: App) {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: 'Settings' })
    .click()
  await expect(page.getByText('No API key yet')).toBeVisible()
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByRole('alert').first()).toContainText('is empty')
  await page.getByLabel('Name').fill('claude')
  await page.getByLabel('read').check()
  await page.getByRole('button', { name: 'Create key' }).click()
  const line = page.getByRole('dialog').getByText(/^claude mcp add /)
  const key = /Bearer (dgx_[0-9a-f]{8}_[0-9a-f]{64})"$/.exec((await line.textContent()) ?? '')?.[1]
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  const keys = page.getByRole('list', { name: 'API keys' }).getByRole('listitem')
  await expect(keys.filter({ hasText: /^claude.*read.*no limit.*never used/ })).toBeVisible()
  await expect(page.getByText(String(key))).toHaveCount(0)

  const asAgent = (method: string, path: string) =>
    app.call(method, path, undefined, { 'x-api-key': key ?? '' })
  expect((await asAgent('GET', 'jobs')).status).toBe(200)
  await page.getByRole('button', { name: 'Edit claude' }).click()
  await page.getByLabel('Requests a minute').fill('1')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(keys.filter({ hasText: /read.*1 a minute/ })).toBeVisible()
  expect([(await asAgent('GET', 'jobs')).status, (await asAgent('GET', 'jobs')).status]).toEqual([
    200, 429,
  ])
  await page.getByRole('button', { name: 'Revoke claude' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('No API key yet')).toBeVisible()
  await page.getByText('1 revoked').click()
  await expect(page.getByRole('table', { name: 'Revoked API keys' })).toContainText('claude')
  expect((await asAgent('GET', 'jobs')).status).toBe(401)
}
