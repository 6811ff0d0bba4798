import type { App } from '../app'
import { addMachine, expect, expectGoodPage, test as shared } from './fixtures'

/** A worker fixture of its own gives this file a worker, and so an app, that holds nothing yet. */
const test = shared.extend<object, { ownApp: undefined }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern.
  ownApp: [async ({}, use) => use(undefined), { scope: 'worker', auto: true }],
})

test.describe.configure({ mode: 'serial' })

type Config = Record<string, unknown>

/** Three runs with metrics, and one that waits. */
async function addRuns(app: App) {
  const ids: Record<string, string> = {}
  const runs: [name: string, config: Config, losses: number[]][] = [
    ['baseline', { seed: 1, optimizer: { lr: 0.001, name: 'adamw' } }, [4, 2, 1]],
    ['fast', { seed: 1, optimizer: { lr: 0.01, name: 'adamw' }, warmup: 100 }, [4, 3, 2]],
    ['100% data', { seed: 1, optimizer: { lr: 0.001, name: 'adamw' } }, [3, 2, 0.5]],
  ]
  for (const [name, config, losses] of runs) {
    const { body } = await app.call('POST', 'jobs', { project_id: 'vision', name, config })
    const { id } = body.data
    ids[name] = id
    await app.call('PUT', `jobs/${id}`, { status: 'running' })
    for (const [i, loss] of losses.entries())
      await app.call('PUT', `jobs/${id}`, { metrics: { step: 10 * (i + 1), train: { loss } } })
  }
  await app.call('PUT', `jobs/${ids['fast']}`, { status: 'failed' })
  await app.call('PUT', `jobs/${ids['baseline']}`, { status: 'completed' })
  await app.call('POST', 'jobs', { project_id: 'vision', name: 'queued' })
  return ids
}

let ids: Record<string, string> = {}

test.beforeAll(async ({ app, host }) => {
  await addMachine(app, host, 'dgx-1')
  await app.call('POST', 'projects', {
    name: 'vision',
    connection_id: 'dgx-1',
    description: 'Transformers on the lab images',
    remote_path: '~/vit',
  })
})

test('without a job the page gives the line that makes one', async ({ page, app }) => {
  await page.goto('/jobs')
  await expect(page.getByRole('heading', { name: 'No job yet' })).toBeVisible()
  const line = (await page.getByText(/^curl -X POST/).textContent()) ?? ''
  const [, url, body = ''] = /^curl -X POST (\S+) -d '(.+)'$/.exec(line) ?? []
  expect(url).toBe(`${app.origin}/api/dgx/jobs`)
  const { data } = (await app.call('POST', 'jobs', JSON.parse(body))).body
  expect(data.name).toBe('Experiment 1')
  await expect(page.getByRole('link', { name: 'Experiment 1' })).toBeVisible({ timeout: 15_000 })
  await app.call('DELETE', `jobs/${data.id}`)
  ids = await addRuns(app)
})

test('where nothing matches, one step shows all jobs again', async ({ page }) => {
  await page.goto('/jobs?search=nothing-like-it&status=failed')
  await expect(page.getByRole('heading', { name: 'No job matches' })).toBeVisible()
  await expectGoodPage(page)
  await page.getByRole('link', { name: 'Clear the filters' }).click()
  await expect(page.getByRole('link', { name: 'baseline' })).toBeVisible()
  await expect(page.getByLabel('Search by name')).toHaveValue('')
  await expect(page.getByRole('checkbox', { name: 'failed' })).not.toBeChecked()
})

test('filters live in the address: they survive a reload and the way back', async ({ page }) => {
  await page.goto('/jobs')
  const rows = page.getByRole('checkbox', { name: /^Compare / })
  await expect(rows).toHaveCount(4)
  await expectGoodPage(page)
  await page.getByLabel('Search by name').pressSequentially('100%')
  await expect(page).toHaveURL(/search=100%25/)
  await expect(rows).toHaveCount(1)
  await page.reload()
  await expect(page.getByLabel('Search by name')).toHaveValue('100%')
  await expect(rows).toHaveCount(1)
  await page.getByLabel('Search by name').fill('')
  await expect(rows).toHaveCount(4)

  await page.getByRole('checkbox', { name: 'failed' }).check()
  await page.getByRole('checkbox', { name: 'completed' }).check()
  await expect(page).toHaveURL(/status=completed,failed/)
  await expect(rows).toHaveCount(2)
  await page.getByLabel('Order').selectOption('Name A to Z')
  await expect(page).toHaveURL(/sort=name/)
  await expect(rows.first()).toHaveAccessibleName('Compare baseline')
  await page.getByRole('link', { name: 'baseline' }).click()
  await expect(page.getByRole('heading', { name: 'baseline', level: 1 })).toBeVisible()
  await page.goBack()
  await expect(rows).toHaveCount(2)
  await expect(page.getByRole('checkbox', { name: 'failed' })).toBeChecked()
})

test('two jobs are chosen across filters and compared', async ({ page }) => {
  await page.goto('/jobs')
  await page.getByRole('checkbox', { name: 'Compare baseline' }).check()
  await expect(page.getByText('choose one more')).toBeVisible()
  await page.getByLabel('Search by name').fill('fast')
  await expect(page.getByRole('checkbox', { name: 'Compare baseline' })).toBeHidden()
  await page.getByRole('checkbox', { name: 'Compare fast' }).check()
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await expect(page).toHaveURL(`/jobs/compare?ids=${ids['baseline']},${ids['fast']}`)

  const table = page.getByRole('table', { name: 'Comparison of 2 jobs' })
  await expect(table.getByRole('row', { name: /^optimizer\.lr 0\.001 0\.01$/ })).toBeVisible()
  await expect(table.getByRole('row', { name: /^warmup – 100$/ })).toBeVisible()
  await expect(table.getByRole('row', { name: /^seed/ })).toBeHidden()
  await page.getByRole('link', { name: 'Show all keys' }).click()
  await expect(table.getByRole('row', { name: /^seed 1 1$/ })).toBeVisible()

  const chart = page.getByRole('img', {
    name: 'train.loss: baseline from 1 to 4, last 1; fast from 2 to 4, last 2',
  })
  await expect(chart).toBeVisible()
  await expect(chart.locator('path.recharts-line-curve')).toHaveCount(2)
  const dashes = await chart
    .locator('path.recharts-line-curve')
    .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke-dasharray')))
  expect(new Set(dashes).size).toBe(2)
  await page.getByRole('list', { name: 'Legend' }).getByRole('link', { name: 'fast' }).hover()
  await expect(chart.locator('path.recharts-line-curve').first()).toHaveAttribute(
    'stroke-opacity',
    '0.2',
  )
  await expectGoodPage(page)

  await page.getByLabel('Add a job').selectOption('100% data')
  await expect(page.getByRole('table', { name: 'Comparison of 3 jobs' })).toBeVisible()
  await page.getByRole('link', { name: 'Remove fast' }).click()
  await expect(page.getByText('Config, all 3 keys')).toBeVisible()
  await page.getByRole('link', { name: 'Only what differs' }).click()
  await expect(page.getByText('Config, 0 of 3 keys differ')).toBeVisible()
})

test('a comparison with a job that is gone says which, and goes on with the others', async ({
  page,
}) => {
  await page.goto(`/jobs/compare?ids=${ids['fast']},gone-1,${ids['baseline']}`)
  await expect(page.getByText('Not found: gone-1')).toBeVisible()
  await expect(page.getByRole('table', { name: 'Comparison of 2 jobs' })).toBeVisible()
  await page.getByRole('link', { name: 'Go on without' }).click()
  await expect(page.getByText('Not found: gone-1')).toBeHidden()
  await page.goto('/jobs/compare')
  await expect(page.getByRole('heading', { name: 'Nothing to compare yet' })).toBeVisible()
  await expectGoodPage(page)
})

test('a job page charts its metrics, by step or time, smoothed, and its GPUs', async ({ page }) => {
  await page.goto(`/jobs/${ids['100% data']}`)
  const chart = page.getByRole('img', { name: /^train\.loss: train\.loss from 0\.5 to 3/ })
  await expect(chart).toBeVisible()
  const lines = chart.locator('path.recharts-line-curve')
  await expect(lines).toHaveCount(1)
  await expect(page.getByText('last 0.5')).toBeVisible()
  const charted = page.getByRole('figure').filter({ hasText: 'train.loss' })
  const before = await lines.first().getAttribute('d')

  await page.getByRole('slider', { name: 'Smoothing' }).fill('0.9')
  await expect(lines).toHaveCount(2)
  await page.getByLabel('Log scale').check()
  await expect(charted.getByText('5', { exact: true })).toBeVisible()
  await page.getByLabel('by time').check()
  await expect(page).toHaveURL(/x=time&smooth=0.9&log=1/)
  await page.reload()
  await expect(lines).toHaveCount(2)
  expect(await lines.last().getAttribute('d')).not.toBe(before)

  await expect(page.getByRole('img', { name: /^GPU utilization: GPU 0 from/ })).toBeVisible({
    timeout: 20_000,
  })
  await expect(page.getByRole('img', { name: /^GPU memory: GPU 0 from/ })).toBeVisible()
  await expect(page.getByText('optimizer.lr')).toBeVisible()
  await expect(page.getByRole('main').getByRole('link', { name: 'vision' })).toBeVisible()
  await expectGoodPage(page)
})

test('notes are kept with the job', async ({ page }) => {
  await page.goto(`/jobs/${ids['fast']}`)
  await page.getByRole('button', { name: 'Write notes' }).click()
  await page.getByLabel('Notes').fill('Diverged.\nTry a longer warmup.')
  await page.getByRole('button', { name: 'Save notes' }).click()
  await expect(page.getByRole('button', { name: 'Edit notes' })).toBeVisible()
  await page.reload()
  await expect(page.getByText('Try a longer warmup.')).toBeVisible()
})

test('a job that has not started shows no GPUs', async ({ page }) => {
  await page.goto('/jobs/queued')
  await expect(page.getByText('not yet')).toBeVisible()
  await expect(page.getByText('No numbers yet.')).toBeVisible()
  await expect(page.getByText('GPU use during its run')).toBeHidden()
})

test('projects are found by name, with what their jobs are at', async ({ page, app }) => {
  await app.call('POST', 'projects', { name: 'language' })
  await page.goto('/projects')
  const card = page.getByRole('article').filter({ hasText: 'vision' })
  await expect(card.getByRole('listitem')).toHaveText([
    /1.*pending/,
    /1.*running/,
    /1.*completed/,
    /1.*failed/,
  ])
  await expectGoodPage(page)
  await page.getByLabel('Search by name').fill('VIS')
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page).toHaveURL(/search=VIS/)
  await card.getByRole('link', { name: 'vision' }).click()

  await expect(page.getByRole('heading', { name: 'vision', level: 1 })).toBeVisible()
  await expect(page.getByText('Transformers on the lab images')).toBeVisible()
  const chart = page.getByRole('img', { name: /^train\.loss: / })
  await expect(chart.locator('path.recharts-line-curve')).toHaveCount(3)
  await page.getByRole('checkbox', { name: 'running' }).check()
  await expect(page.getByRole('checkbox', { name: /^Compare / })).toHaveCount(1)
  await expect(chart.locator('path.recharts-line-curve')).toHaveCount(1)
  await expectGoodPage(page)
})
