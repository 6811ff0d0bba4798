import { startApp } from '../app'
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

    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: 'Log out' }).click()
    await expect(page.getByLabel('API key')).toBeVisible()
    await page.goto(`${app.origin}/connections`)
    await expect(page.getByLabel('API key')).toBeVisible()
  } finally {
    await app.stop()
    app.remove()
  }
})
