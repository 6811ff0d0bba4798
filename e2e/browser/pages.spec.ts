import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { App } from '../app'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const folder = path.resolve(import.meta.dirname, '../../app')
/** Every page there is, from the folders that make it: `/jobs/[id]`. Those in brackets are no part of it. */
const routes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'page.tsx')
  .map((file) => {
    const parts = path.dirname(file).split(path.sep)
    return `/${parts.filter((part) => !/^(\(.*\)|\.)$/.test(part)).join('/')}`
  })

/** What each page is looked at with, and what is there once its data is. */
const VIEWS: Record<string, { url: (ids: Ids) => string; shows: string | RegExp }[]> = {
  '/': [{ url: () => '/', shows: '8 × A100-SXM4-80GB' }],
  '/connections': [
    { url: () => '/connections', shows: 'dgx-1' },
    { url: () => '/connections?add=1', shows: 'Private key file' },
  ],
  '/connections/[id]': [
    { url: () => '/connections/dgx-1', shows: 'VLLM::EngineCore' },
    { url: () => '/connections/dgx-1?range=24h', shows: /Averages over/ },
  ],
  '/connections/[id]/terminal': [
    { url: () => '/connections/dgx-1/terminal', shows: /^Shell on dgx-1|@/ },
  ],
  '/connections/[id]/safety': [
    { url: () => '/connections/dgx-1/safety', shows: 'Rules for commands' },
  ],
  '/projects': [{ url: () => '/projects', shows: 'vision' }],
  '/projects/[id]': [{ url: () => '/projects/vision', shows: 'baseline' }],
  '/jobs': [{ url: () => '/jobs', shows: 'baseline' }],
  '/jobs/[id]': [{ url: ({ first }) => `/jobs/${first}`, shows: 'train_loss' }],
  '/jobs/new': [
    { url: () => '/jobs/new?project=vision', shows: /of 8 GPUs free now/ },
    { url: ({ first }) => `/jobs/new?clone=${first}`, shows: 'Clone of baseline' },
  ],
  '/audit': [
    { url: () => '/audit', shows: 'Added the machine' },
    { url: () => '/audit?kind=projects&caller=cli', shows: 'No entry matches' },
  ],
  '/settings': [{ url: () => '/settings', shows: 'API keys' }],
  '/queue': [{ url: () => '/queue', shows: 'Nothing waits' }],
  '/jobs/compare': [
    {
      url: ({ first, second }) => `/jobs/compare?ids=${first},${second}`,
      shows: 'Config, 1 of 1 keys differ',
    },
  ],
  '/report': [
    { url: () => '/report', shows: 'How jobs ended' },
    { url: () => '/report?period=24h', shows: 'GPU-hours by the hour' },
  ],
  '/docs': [{ url: () => '/docs', shows: 'Create a connection' }],
  '/docs/[section]': [{ url: () => '/docs/commands', shows: 'Run a command' }],
  '/login': [{ url: () => '/login', shows: 'API key' }],
  '/design': [{ url: () => '/design', shows: 'Every component of components/ui in every state.' }],
}

type Ids = { first: string; second: string }

async function addRuns(app: App): Promise<Ids> {
  await app.call('POST', 'projects', { name: 'vision', connection_id: 'dgx-1' })
  const ids: string[] = []
  for (const [name, lr] of [
    ['baseline', 0.001],
    ['fast', 0.01],
  ] as const) {
    const { body } = await app.call('POST', 'jobs', {
      project_id: 'vision',
      name,
      config: { lr },
      status: 'running',
    })
    ids.push(body.data.id)
    for (const train_loss of [2, 1, 0.5]) {
      await app.call('PUT', `jobs/${body.data.id}`, { metrics: { train_loss } })
    }
  }
  const [first = '', second = ''] = ids
  return { first, second }
}

let ids: Ids
test.beforeAll(async ({ app, host }) => {
  await addMachine(app, host, 'dgx-1')
  ids = await addRuns(app)
})

test('every page is among those that are looked at', () => {
  expect(Object.keys(VIEWS).sort()).toEqual(routes.sort())
})

for (const [route, views] of Object.entries(VIEWS)) {
  for (const { url, shows } of views) {
    test(`${url({ first: ':id', second: ':id' })} is good in both themes and widths`, async ({
      page,
    }) => {
      // Four times axe over a page of 40 charts or every component there is.
      test.setTimeout(180_000)
      const answer = await page.goto(url(ids))
      expect(answer?.status(), route).toBe(200)
      await expect(page.getByText(shows).first()).toBeVisible({ timeout: 20_000 })
      await expectGoodPage(page)
    })
  }
}

test('the report prints black on white, without what is around it', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('/report')
  await expect(page.locator('.recharts-surface').first()).toBeVisible()
  const pdf = await page.pdf({ preferCSSPageSize: true })
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(0)
  // A4 on its side within its margins, in CSS pixels.
  await page.setViewportSize({ width: 1032, height: 700 })
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
  await expect(page.getByRole('heading', { name: 'Report', level: 1 })).toBeVisible()
  for (const around of ['complementary', 'banner', 'navigation', 'search', 'button'] as const) {
    await expect(page.getByRole(around)).toHaveCount(0)
  }
  // The chart was drawn for a wider window, and is scaled to the sheet.
  const chart = await page.locator('.recharts-surface').first().boundingBox()
  expect(chart?.height).toBeGreaterThan(150)
  expect((chart?.x ?? 0) + (chart?.width ?? 0)).toBeLessThanOrEqual(1032)
  const style = await page.evaluate(() => {
    const { color, backgroundColor } = getComputedStyle(document.body)
    return { color, backgroundColor, width: document.documentElement.scrollWidth }
  })
  expect(style).toEqual({
    ...{ color: 'rgb(0, 0, 0)', backgroundColor: 'rgb(255, 255, 255)' },
    width: 1032,
  })
})
