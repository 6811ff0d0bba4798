import type { Page } from '@playwright/test'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const palette = (page: Page) => page.getByRole('dialog', { name: 'Command palette' })
/** Waits until Enter would take it. */
const chosen = (page: Page, name: string) =>
  expect(
    palette(page)
      .getByRole('option', { name: new RegExp(`^${name}`) })
      .first(),
  ).toHaveAttribute('data-highlighted', '')
const theme = (page: Page) => page.evaluate(() => getComputedStyle(document.body).colorScheme)
const background = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor)

test.beforeAll(async ({ app, host }) => {
  await addMachine(app, host, 'dgx-1')
})

test('the palette goes to any machine, project and job without a mouse', async ({ page, app }) => {
  const project = await app.call('POST', 'projects', { name: 'vision' })
  await app.call('POST', 'jobs', { name: 'finetune-7b', project_id: project.body.data.id })
  await page.goto('/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  for (const [typed, heading] of [
    ['dgx', 'dgx-1'],
    ['visi', 'vision'],
    ['7b', 'finetune-7b'],
    ['machines', 'Machines'],
  ] as const) {
    await page.keyboard.press('Control+k')
    await expect(palette(page)).toBeVisible()
    await page.keyboard.type(typed)
    await expect(
      palette(page)
        .getByRole('option', { name: new RegExp(heading, 'i') })
        .first(),
    ).toHaveAttribute('data-highlighted', '')
    await page.keyboard.press('Enter')
    await expect(palette(page)).toBeHidden()
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible()
  }
  await page.keyboard.press('Control+k')
  await page.keyboard.type('no such thing at all')
  await expect(palette(page).getByText('Nothing has that name.')).toBeVisible()
  await expectGoodPage(page)
  await page.keyboard.press('Escape')
  await expect(palette(page)).toBeHidden()
})

test('the palette does things, and says how they went', async ({ page }) => {
  await page.goto('/jobs')
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('disconnect dgx-1')
  await chosen(page, 'Disconnect dgx-1')
  await page.keyboard.press('Enter')
  await expect(page.getByText('dgx-1 is disconnected')).toBeVisible()
  const machines = page.getByRole('navigation', { name: 'Machines' })
  await expect(machines.getByText('disconnected')).toBeAttached()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('connect dgx-1')
  await chosen(page, 'Connect dgx-1')
  await page.keyboard.press('Enter')
  await expect(page.getByText('dgx-1 is connected')).toBeVisible()
  await expect(machines.getByText('connected', { exact: true })).toBeAttached()
})

test('the keyboard alone reaches every section, and lists what it can', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await expect(sheet.getByText('Command palette')).toBeVisible()
  await expectGoodPage(page)
  await page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  for (const [key, heading] of [
    ['m', 'Machines'],
    ['p', 'Projects'],
    ['j', 'Jobs'],
    ['o', 'Overview'],
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible()
  }
  await page.keyboard.press('1')
  await expect(page.getByRole('heading', { name: 'dgx-1', level: 1 })).toBeVisible()
  await page.goto('/')
  await page.keyboard.press('/')
  const filter = page.getByRole('searchbox', { name: 'Filter machines' })
  await expect(filter).toBeFocused()
  await page.keyboard.type('g')
  await expect(filter).toHaveValue('g')
})

test('a theme is taken at once, by every page, and by the first paint', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto('/')
  const light = await background(page)
  await page.getByRole('radio', { name: 'Dark' }).check()
  await expect.poll(() => background(page)).not.toBe(light)
  await page.goto('/jobs', { waitUntil: 'commit' })
  await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' })
  expect(await theme(page)).toBe('dark')
  await expect(page.getByRole('complementary').getByText('Live')).toBeVisible()
  await page.getByRole('radio', { name: 'As the system' }).check()
  await expect.poll(() => background(page)).toBe(light)
})

test('the overview is live, and says when it is not', async ({ page, app, host }) => {
  await page.goto('/')
  const sidebar = page.getByRole('complementary')
  await expect(sidebar.getByText('Live')).toBeVisible()
  const card = page.getByRole('article').filter({ hasText: 'dgx-1' })
  await expect(card.getByText(/^3 of \d free$/)).toBeVisible()
  host.setProfile('gb10-latched')
  await expect(card.getByText('GB10')).toBeVisible({ timeout: 20_000 })
  const badge = card.getByRole('button', { name: /faulty/ })
  await badge.focus()
  await expect(page.getByText(/^GPU 0: /).first()).toBeVisible()
  host.setProfile('a100x8')
  await expect(card.getByText(/8 × A100-SXM4-80GB/)).toBeVisible({ timeout: 20_000 })

  await app.stop()
  await expect(sidebar.getByText(/Reconnecting, stale since/)).toBeVisible({ timeout: 15_000 })
  await expect(card.getByText(/^Old values: the last sample came/)).toBeVisible({ timeout: 30_000 })
  await app.start()
  await expect(sidebar.getByText('Live')).toBeVisible({ timeout: 30_000 })
  await expect(card.getByText(/^3 of \d free$/)).toBeVisible({ timeout: 30_000 })
  await expect(card.getByText(/^Old values/)).toBeHidden({ timeout: 30_000 })
})

test('the overview remembers how somebody likes it', async ({ page, app, host }) => {
  await addMachine(app, host, 'spare')
  await page.goto('/')
  await page.getByRole('radio', { name: 'Table' }).check()
  await page.getByLabel('Order').selectOption('name')
  await page.getByRole('searchbox', { name: 'Filter machines' }).fill('spare')
  const rows = page.getByRole('table', { name: 'Machines' }).getByRole('row')
  await expect(rows).toHaveCount(2)
  await page.reload()
  await expect(rows).toHaveCount(2)
  await expect(page.getByLabel('Order')).toHaveValue('name')
  await expectGoodPage(page)
  await page.getByRole('searchbox', { name: 'Filter machines' }).fill('nobody')
  await page.getByRole('button', { name: 'Show all machines' }).click()
  await expect(rows).toHaveCount(3)
  await page.getByRole('radio', { name: 'Grid' }).check()
  await expect(page.getByRole('article')).toHaveCount(2)
  await expectGoodPage(page)
  await app.call('DELETE', 'connections/spare')
  await expect(page.getByRole('article')).toHaveCount(1)
})
