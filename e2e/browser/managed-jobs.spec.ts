import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const dir = mkdtempSync(path.join(tmpdir(), 'dgx-pages-'))
/** A command goes on where it waits for this. */
const open = (gate: string) => writeFileSync(path.join(dir, gate), '')
const until = (gate: string) => `until [ -e ${gate} ]; do sleep 0.05; done`

const state = (page: Page) => page.getByRole('region', { name: 'State' })
const log = (page: Page) => page.getByRole('region', { name: 'Log' })
const outlook = (page: Page) => page.getByRole('status', { name: 'What would happen' })

test.beforeAll(async ({ app, host }) => {
  await addMachine(app, host, 'dgx-1')
  // What others' processes hold would be no free GPU.
  writeFileSync(path.join(host.dir, 'state/pids'), '[]')
  await app.call('POST', 'projects', { name: 'vision', connection_id: 'dgx-1', remote_path: dir })
})
test.afterAll(() => rmSync(dir, { recursive: true, force: true }))

const TRAIN = `
printf '\\033[32mready\\033[0m <img src=x onerror=alert(1)>\\n'
for i in 1 2 3 4 5; do echo "step=$i loss=0.$((9 - i))"; done
echo 'a warning' >&2
${until('on')}
for i in 6 7 8; do echo "step=$i loss=0.$((9 - i))"; done
${until('end')}`

test('a job is started from its project, and followed while it runs', async ({ page, app }) => {
  await expect.poll(async () => (await app.call('GET', 'gpus?free=true')).body.data.length).toBe(8)
  await page.goto('/projects/vision')
  await page.getByRole('link', { name: 'Start a job' }).click()
  await expect(page.getByRole('heading', { name: 'Start a job', level: 1 })).toBeVisible()
  await expect(page.getByText('8 of 8 GPUs free now')).toBeVisible()
  await page.getByRole('button', { name: 'Start job' }).click()
  await expect(page.getByText('Write what is to be run.')).toBeVisible()
  await page.getByLabel('Command').fill(TRAIN)
  await page.getByLabel('GPUs', { exact: true }).fill('99')
  await expect(outlook(page)).toContainText('99')
  await page.getByLabel('GPUs', { exact: true }).fill('2')
  await expect(outlook(page)).toHaveText('It would start now on dgx-1, on GPU 0, 1.')
  await page.getByLabel('Name').fill('baseline')
  await page.getByText('More', { exact: true }).click()
  await page.getByLabel('Config (JSON)').fill('{"lr": ')
  await expect(page.getByText(/It is not JSON/)).toBeVisible()
  await page.getByLabel('Config (JSON)').fill('{"lr": 0.1}')
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Start job' }).click()

  await expect(page.getByRole('heading', { name: 'baseline', level: 1 })).toBeVisible()
  await expect(state(page)).toContainText('Runs on dgx-1.')
  await expect(state(page)).toContainText('GPUs 0, 1')
  await expect(log(page)).toContainText('step=5 loss=0.4')
  await expect(log(page).getByText('<img src=x onerror=alert(1)>')).toBeVisible()
  await expect(log(page).locator('[data-stream=stderr]')).toContainText('a warning')
  open('on')
  await expect(log(page)).toContainText('step=8 loss=0.1')
  await expect(page.getByRole('img', { name: /^loss: loss from 0\.1 to 0\.8/ })).toBeVisible()
  await expectGoodPage(page)
})

test('what finds no free GPU waits in the queue, which says why and shows who has them', async ({
  page,
}) => {
  await page.goto('/jobs/new?project=vision')
  await page.getByLabel('Command').fill('echo started; sleep 600')
  await page.getByLabel('Name').fill('large')
  await page.getByLabel('GPUs', { exact: true }).fill('8')
  await expect(outlook(page)).toContainText('It would be number 1 in the queue.')
  await page.getByRole('button', { name: 'Start job' }).click()
  await page.getByRole('link', { name: 'number 1 in the queue' }).click()

  const row = page.getByRole('row', { name: /large/ })
  await expect(row).toContainText('GPU')
  await expect(row).toContainText('Starts when enough of the GPUs')
  await expect(
    page.getByRole('list', { name: 'GPU 0' }).getByRole('link', { name: 'baseline: running' }),
  ).toBeVisible()
  await expectGoodPage(page)
  await row.getByRole('link', { name: 'large' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Let it run' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Cancel the job' }).click()
  await expect(state(page)).toContainText('Cancelled before it started.')
  open('end')
})

test('a failed job says why, leads to the line, and is tried again', async ({ page, app }) => {
  const { body } = await app.call('POST', 'jobs', {
    name: 'unlucky',
    project_id: 'vision',
    gpus: 0,
    command: `if [ "$DGX_ATTEMPT" = 1 ]; then seq 1 3000; echo 'CUDA out of memory. Tried 2 GiB' >&2; exit 3; fi; echo better`,
  })
  await page.goto(`/jobs/${body.data.id}`)
  await expect(state(page)).toContainText('exit code 3')
  await page.getByRole('button', { name: 'cuda out of memory' }).click()
  await expect(log(page).locator('[aria-current]')).toContainText('CUDA out of memory')
  await expect(page.getByRole('radio', { name: 'stderr' })).toBeChecked()
  await page.getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click()
  await expect(state(page)).toContainText('Completed')
  await expect(log(page)).toContainText('better')
  const attempts = page.getByRole('table', { name: 'Attempts' })
  await expect(attempts.getByRole('row', { name: /exit nonzero \(exit 3\)/ })).toBeVisible()
  await expect(attempts.getByRole('row', { name: /exit zero/ })).toBeVisible()
  await attempts.getByRole('link', { name: '1', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Log of attempt 1' })).toBeVisible()
  await expect(log(page)).toContainText('3000')
})

test('a clone starts from what the other was given, and both are compared', async ({ page }) => {
  await page.goto('/jobs/baseline')
  await page.getByRole('link', { name: 'Clone' }).click()
  await expect(page.getByLabel('Config (JSON)')).toHaveValue(/"lr": 0.1/)
  await page.getByLabel('Name').fill('faster')
  await page.getByLabel('Config (JSON)').fill('{"lr": 0.2}')
  await page.getByRole('radio', { name: 'Hold' }).check({ force: true })
  await page.getByRole('button', { name: 'Create held' }).click()
  await expect(page.getByRole('heading', { name: 'faster', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(state(page)).toContainText('Completed')

  await page.goto('/jobs')
  await page.getByRole('checkbox', { name: 'Compare baseline' }).check()
  await page.getByRole('checkbox', { name: 'Compare faster' }).check()
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  const table = page.getByRole('table', { name: 'Comparison of 2 jobs' })
  await expect(table.getByRole('row', { name: /^lr 0\.1 0\.2$/ })).toBeVisible()
  const chart = page.getByRole('img', { name: /^loss: baseline from .*; faster from/ })
  await expect(chart.locator('path.recharts-line-curve')).toHaveCount(2)
})

test('a log of a million lines is searched, walked through and read at both ends', async ({
  page,
  app,
}) => {
  const { body } = await app.call('POST', 'jobs', {
    name: 'chatty',
    project_id: 'vision',
    gpus: 0,
    command: 'seq -f "line %.0f of the log" 1 1000000',
  })
  const { id } = body.data
  await app.call('GET', `jobs/${id}/wait?timeout_s=50`)
  await page.goto(`/jobs/${id}`)
  await expect(log(page)).toContainText('line 1000000 of the log')
  await page.getByRole('radio', { name: 'stdout' }).check({ force: true })
  await expect(log(page)).toContainText('line 1000000 of the log')
  await page.getByLabel('Search the log').fill('LINE 500000 of')
  await page.getByLabel('Search the log').press('Enter')
  await expect(page.getByText('1 of 1', { exact: true })).toBeVisible()
  await expect(log(page).locator('[aria-current]')).toHaveText('line 500000 of the log')
  await expect(log(page).locator('[aria-current]')).toBeInViewport()
  await log(page).press('Home')
  await expect(log(page).getByText('line 1 of the log', { exact: true })).toBeVisible()
  await log(page).press('End')
  await expect(log(page).getByText('line 1000000 of the log')).toBeInViewport()
  // Reading on upwards keeps no more than a window of it.
  for (let i = 0; i < 5; i += 1) {
    const first = await log(page).locator('[data-line]').first().textContent()
    await log(page).evaluate((view) => view.scrollTo(0, 0))
    await expect(log(page).locator('[data-line]').first()).not.toHaveText(first ?? '')
  }
  expect(await log(page).locator('[data-line]').count()).toBeLessThanOrEqual(4_000)
})

test('with its machine away a log is shown as it was kept, and one that is gone says so', async ({
  page,
  app,
}) => {
  const { body } = await app.call('GET', 'jobs?search=unlucky')
  const { id } = body.data[0]
  await app.call('POST', 'disconnect/dgx-1')
  await page.goto(`/jobs/${id}`)
  await expect(page.getByText('Its machine is away', { exact: true })).toBeVisible()
  await expect(log(page)).toContainText('better')
  await app.call('POST', 'connect/dgx-1')
  await app.call('POST', 'exec/dgx-1', { command: `rm -rf ~/.dgx-command-center/jobs/${id}` })
  await page.reload()
  await expect(page.getByText(/is not on its machine any more/)).toBeVisible()
  await expectGoodPage(page)
})
