import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const chart = (page: Page, title: string) =>
  page.getByRole('img', { name: new RegExp(`^${title}: GPU 0 from`) })

/** Charts are drawn when they come into sight. */
async function seeChart(page: Page, title: string): Promise<void> {
  await chart(page, title).scrollIntoViewIfNeeded()
  await expect(chart(page, title).locator('canvas')).toBeVisible()
}

/** The picture of a chart, as text that differs when a pixel does. */
const picture = (page: Page, title: string) =>
  chart(page, title)
    .locator('canvas')
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())

test('a live sample changes a chart and the numbers, without a reload', async ({
  page,
  app,
  host,
}) => {
  await addMachine(app, host, 'dgx-1')
  await page.goto('/connections/dgx-1')
  await expect(page.getByRole('link', { name: 'Live' })).toHaveAttribute('aria-current', 'true')
  await seeChart(page, 'Utilization')
  await page.evaluate(() => {
    document.body.dataset['sameDocument'] = 'yes'
  })
  const before = await picture(page, 'Utilization')
  const clock = await page.getByRole('img', { name: /^SM clock: GPU 0/ }).getAttribute('aria-label')
  expect(clock).toMatch(/last \d+ MHz/)
  await expect.poll(() => picture(page, 'Utilization'), { timeout: 20_000 }).not.toBe(before)

  const power = page.getByRole('article', { name: 'GPU 0' }).getByRole('meter', { name: 'Power' })
  // From here on the machine's readings move.
  writeFileSync(path.join(host.dir, 'state', 'wobble'), '1')
  const watts = await power.getAttribute('aria-valuetext')
  await expect(power).not.toHaveAttribute('aria-valuetext', watts ?? '', { timeout: 20_000 })
  await expect(chart(page, 'Power')).toHaveAttribute('aria-label', /GPU 0 from (\d+) to (?!\1,)/, {
    timeout: 20_000,
  })
  await expect(page.locator('body')).toHaveAttribute('data-same-document', 'yes')
})

test('the page is good in both themes and widths', async ({ page }) => {
  await page.goto('/connections/dgx-1')
  await seeChart(page, 'Utilization')
  await expectGoodPage(page)
})

test('dragging over a chart zooms, and the address alone shows the same range', async ({
  page,
  context,
}) => {
  await page.goto('/connections/dgx-1?range=1h')
  await seeChart(page, 'Power')
  const plot = chart(page, 'Power').locator('.u-over')
  await plot.scrollIntoViewIfNeeded()
  const box = await plot.boundingBox()
  if (!box) throw new Error('the chart has no place')
  const y = box.y + box.height / 2
  await page.mouse.move(box.x + box.width / 2, y)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, y, { steps: 5 })
  await page.mouse.move(box.x + box.width - 1, y, { steps: 5 })
  await page.mouse.up()
  await expect(page).toHaveURL(/from=.*&to=/)
  const url = new URL(page.url())
  const from = Date.parse(url.searchParams.get('from') ?? '')
  const to = Date.parse(url.searchParams.get('to') ?? '')
  // Half of an hour, give or take the pixels of the pointer.
  expect((to - from) / 60_000).toBeGreaterThan(29)
  expect((to - from) / 60_000).toBeLessThan(31)
  await expect(page.getByRole('link', { name: 'Reset zoom' })).toBeVisible()
  const csv = await page.getByRole('link', { name: 'CSV' }).getAttribute('href')
  expect(csv).toContain(`from=${url.searchParams.get('from')}&to=${url.searchParams.get('to')}`)

  const other = await context.newPage()
  await other.goto(page.url())
  expect(await other.getByRole('link', { name: 'CSV' }).getAttribute('href')).toBe(csv)
  await expect(chart(other, 'Power')).toHaveAttribute(
    'aria-label',
    (await chart(page, 'Power').getAttribute('aria-label')) ?? '',
  )
  await other.close()

  await page.getByRole('link', { name: 'Reset zoom' }).click()
  await expect(page).toHaveURL(/range=1h$/)
  await expect(page.getByRole('link', { name: '1 h', exact: true })).toHaveAttribute(
    'aria-current',
    'true',
  )
})

test('the legend hides a GPU in every chart, shows one alone, and is remembered', async ({
  page,
}) => {
  await page.goto('/connections/dgx-1')
  const legend = page.getByRole('group', { name: /GPUs in the charts/ })
  const button = (n: number) => legend.getByRole('button', { name: `GPU ${n}` })
  await expect(chart(page, 'Utilization')).toHaveAttribute('aria-label', /GPU 3 from/)
  await button(3).click()
  await expect(button(3)).toHaveAttribute('aria-pressed', 'false')
  for (const title of ['Utilization', 'Power']) {
    await expect(chart(page, title)).not.toHaveAttribute('aria-label', /GPU 3 from/)
    await expect(chart(page, title)).toHaveAttribute('aria-label', /GPU 4 from/)
  }
  await page.reload()
  await expect(button(3)).toHaveAttribute('aria-pressed', 'false')

  await button(0).click({ modifiers: ['Alt'] })
  await expect(legend.getByRole('button', { pressed: true })).toHaveCount(1)
  await expect(chart(page, 'Utilization')).not.toHaveAttribute('aria-label', /GPU 1 from/)
  await button(0).dblclick()
  await expect(legend.getByRole('button', { pressed: true })).toHaveCount(8)
})

test('arrow keys read the samples of a chart', async ({ page }) => {
  await page.goto('/connections/dgx-1')
  await seeChart(page, 'Utilization')
  const cursor = page.getByRole('slider', { name: 'Utilization over time' })
  await cursor.focus()
  const tooltip = page.getByTestId('chart-tooltip')
  await expect(tooltip.getByRole('row')).toHaveCount(9)
  await expect(cursor).toHaveAttribute('aria-valuetext', /GPU 0 \d+ %, GPU 1/)
  const time = () => tooltip.locator('p').first().textContent()
  await cursor.press('Home')
  const first = await time()
  await cursor.press('ArrowRight')
  expect(await time()).not.toBe(first)
  await cursor.press('ArrowLeft')
  expect(await time()).toBe(first)
  await cursor.press('Escape')
  await expect(tooltip).toBeHidden()
})

test('the crosshair shows all charts at one instant, and the tooltip stays on the screen', async ({
  page,
}) => {
  await page.goto('/connections/dgx-1?range=1h')
  await seeChart(page, 'Utilization')
  const box = await chart(page, 'Utilization').locator('.u-over').boundingBox()
  if (!box) throw new Error('the chart has no place')
  for (const share of [0.02, 0.98]) {
    await page.mouse.move(box.x + box.width * share, box.y + box.height - 4)
    const tooltip = await page.getByTestId('chart-tooltip').boundingBox()
    expect(tooltip?.x).toBeGreaterThanOrEqual(0)
    expect((tooltip?.x ?? 0) + (tooltip?.width ?? 0)).toBeLessThanOrEqual(1280)
    expect((tooltip?.y ?? 0) + (tooltip?.height ?? 0)).toBeLessThanOrEqual(900)
  }
  const lines = () =>
    page
      .locator('.u-cursor-x')
      .evaluateAll((all) => all.map((line) => (line as HTMLElement).style.transform))
  await expect.poll(async () => new Set(await lines()).size).toBe(1)
})

test('a theme switch draws the charts again', async ({ page, app }) => {
  const recorded = async () => (await app.call('GET', 'metrics/dgx-1/history?hours=1')).body.data
  await expect.poll(async () => (await recorded()).length).toBeGreaterThan(0)
  // A range that does not move: only the theme can change the picture.
  const [from, to] = [Date.now() - 3_600_000, Date.now()].map((at) => new Date(at).toISOString())
  await page.goto(`/connections/dgx-1?from=${from}&to=${to}`)
  const canvas = page.getByRole('img', { name: /^Utilization:/ }).locator('canvas')
  await expect(canvas).toBeVisible()
  const shot = () => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL())
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(async () => (await shot()).length).toBeGreaterThan(1000)
  const light = await shot()
  expect(await shot()).toBe(light)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(shot).not.toBe(light)
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(shot).toBe(light)
})

test('the shown range comes as CSV, and a panel as a curl call', async ({ page, context, app }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/connections/dgx-1')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('gpu-history.csv')
  const stream = await file.createReadStream()
  let text = ''
  for await (const chunk of stream) text += chunk
  expect(text.split('\r\n')[0]).toContain('gpu_utilization,gpu_utilization_min')
  expect(text.split('\r\n').length).toBeGreaterThan(8)

  await page.getByRole('button', { name: 'Copy as curl: GPUs now' }).click()
  await expect(page.getByText('copied', { exact: true })).toBeVisible()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  const url = /^curl -s '(http:.*)'$/.exec(command)?.[1]
  expect(url).toContain(app.origin)
  expect((await (await fetch(url ?? '')).json()).data.gpus).toHaveLength(8)
})

test('a past range charts the host, and the page tells how health changed', async ({
  page,
  app,
  host,
}) => {
  await page.goto('/connections/dgx-1?range=1h')
  for (const [title, line] of [
    ['Host CPU', 'CPU'],
    ['Host memory', 'Memory'],
    ['Host disk /', 'Disk'],
  ]) {
    await expect(page.getByRole('img', { name: `${title}: ${line} from` })).toBeVisible()
  }
  const history = page.locator('section').filter({
    has: page.getByRole('heading', { name: 'Health history' }),
  })
  await expect(history.getByText('No GPU has changed its health')).toBeVisible()

  host.setProfile('gb10-latched')
  const events = async () => (await app.call('GET', 'metrics/dgx-1/health-events')).body.data
  await expect
    .poll(async () => (await events()).map(({ to }: { to: string }) => to), { timeout: 30_000 })
    .toContain('fault')
  // Without a reload: the page asks from time to time.
  await expect(history.getByText('fault').first()).toBeVisible({ timeout: 40_000 })
  await expect(history.getByText((await events())[0].reasons[0].message).first()).toBeVisible()
})

test('a machine of unified memory says who has what of it', async ({ page, app, host }) => {
  await app.call('POST', 'disconnect/dgx-1')
  host.setProfile('gb10-busy')
  await addMachine(app, host, 'spark-1')
  await page.goto('/connections/spark-1')
  const memory = page.locator('section').filter({
    has: page.getByRole('heading', { name: 'Memory', exact: true }),
  })
  for (const part of ['GPU processes', 'Host', 'Cache', 'Free']) {
    await expect(memory.getByText(part, { exact: true })).toBeVisible()
  }
  await expectGoodPage(page)
})

test('a machine that is not connected shows what was recorded before', async ({ page }) => {
  await page.goto('/connections/dgx-1')
  await expect(page.getByRole('link', { name: '24 h' })).toHaveAttribute('aria-current', 'true')
  await seeChart(page, 'Utilization')
  await expect(page.getByRole('heading', { name: 'Not connected' })).toBeVisible()
})
