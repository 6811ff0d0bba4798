import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

test('a newcomer adds a machine by hand, tests it, connects it and sees its GPUs', async ({
  page,
  host,
}) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { name: 'No machine yet' })).toBeVisible()
  await expectGoodPage(page)
  await page.getByRole('main').getByRole('link', { name: 'Add a machine' }).first().click()

  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog.getByRole('button', { name: 'Add and connect' }).click()
  await expect(dialog.getByText('is empty').first()).toBeVisible()
  await dialog.getByLabel('Name').fill('dgx-1')
  await dialog.getByLabel('Host', { exact: true }).fill(host.hostname)
  await dialog.getByLabel('Port').fill(String(host.port))
  await dialog.getByLabel('User').fill(host.username)
  await dialog.getByLabel('Private key file').fill(host.keyPath)
  await dialog.getByRole('button', { name: 'Test' }).click()
  const steps = dialog.getByRole('list', { name: 'Connection test' })
  await expect(steps.getByText('ok', { exact: true })).toHaveCount(6)
  await expect(steps.getByText(host.fingerprint)).toBeVisible()
  await dialog.getByRole('button', { name: 'Add and connect' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('main').getByText('connected', { exact: true })).toBeVisible()
  await expectGoodPage(page)

  await page.getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByText('8 × A100-SXM4-80GB')).toBeVisible()
  await expect(page.getByText('3 of 8 free')).toBeVisible()
  await expectGoodPage(page)
})

test('a live sample changes the page', async ({ page, host }) => {
  await page.goto('/connections/dgx-1')
  const gpus = page.getByRole('article', { name: /^GPU \d/ })
  await expect(gpus).toHaveCount(8)
  await expect(gpus.first().getByRole('meter', { name: 'Utilization' })).toHaveAttribute(
    'aria-valuetext',
    '98 %',
  )
  host.setProfile('gb10-latched')
  await expect(page.getByText('NVIDIA GB10').or(page.getByText('GB10')).first()).toBeVisible({
    timeout: 20_000,
  })
  await expect(page.getByText('fault').first()).toBeVisible({ timeout: 20_000 })
  host.setProfile('a100x8')
  await expect(page.getByText('VLLM::EngineCore')).toBeVisible({ timeout: 20_000 })
})

test('history is charted over the range in the URL', async ({ page }) => {
  await page.goto('/connections/dgx-1')
  await expect(page.getByRole('img', { name: /^Utilization: GPU 0 from/ })).toBeVisible({
    timeout: 15_000,
  })
  await page.getByRole('link', { name: '24 h' }).click()
  await expect(page).toHaveURL(/range=24h/)
  await expect(page.getByRole('link', { name: '24 h' })).toHaveAttribute('aria-current', 'true')
  await expectGoodPage(page)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  expect((await download).suggestedFilename()).toBe('gpu-history.csv')
})

test('a command runs, streams its output, and can be stopped', async ({ page }) => {
  await page.goto('/connections/dgx-1')
  const command = page.getByLabel('Command', { exact: true })
  await command.fill('echo "<b>hello</b>"; exit 3')
  await page.getByRole('button', { name: 'Run' }).click()
  await expect(page.getByLabel('Output')).toHaveText('<b>hello</b>\n', { useInnerText: true })
  await expect(page.getByText(/Exit code 3 after/)).toBeVisible()
  await command.fill('echo started; sleep 295')
  await command.press('Enter')
  await expect(page.getByLabel('Output')).toContainText('started')
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText('Stopped; the remote processes were ended.')).toBeVisible()
})

test('a changed host key is shown, and only trusted when its end is typed', async ({
  page,
  app,
  host,
}) => {
  const before = host.fingerprint
  await app.call('POST', 'disconnect/dgx-1')
  await host.restart({ newHostKey: true })
  await page.goto('/connections')
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'The host key has changed' })
  await expect(dialog.getByText(before)).toBeVisible()
  await expect(dialog.getByText(host.fingerprint)).toBeVisible()
  const trust = dialog.getByRole('button', { name: 'Trust this key' })
  await expect(trust).toBeDisabled()
  await dialog.getByRole('textbox').fill(host.fingerprint.slice(-6))
  await trust.click()
  await expect(page.getByRole('main').getByText('connected', { exact: true })).toBeVisible()
})

test('a project and a job are made, followed and deleted', async ({ page, app }) => {
  await page.goto('/jobs')
  await expect(page.getByText('Runs that belong together go into a project.')).toBeVisible()
  await page.getByRole('link', { name: 'Go to projects' }).click()
  await page.getByRole('button', { name: 'New project' }).click()
  const form = page.getByRole('dialog', { name: 'New project' })
  await form.getByLabel('Name').fill('vision')
  await form.getByLabel('Type').selectOption('computer_vision')
  await form.getByRole('combobox', { name: 'Machine' }).selectOption({ label: 'dgx-1' })
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { name: 'vision', level: 1 })).toBeVisible()
  await expectGoodPage(page)

  await page.getByRole('button', { name: 'Track a run' }).click()
  const job = page.getByRole('dialog', { name: 'Track a run by hand' })
  await job.getByLabel('Name').fill('Experiment 1')
  await job.getByLabel('Config (JSON)').fill('{"lr": ')
  await job.getByRole('button', { name: 'Create' }).click()
  await expect(job.getByText(/is not JSON/)).toBeVisible()
  await job.getByLabel('Config (JSON)').fill('{"lr": 0.0003}')
  await job.getByRole('button', { name: 'Create' }).click()
  await expect(page.getByRole('heading', { name: 'Experiment 1', level: 1 })).toBeVisible()
  await page.getByLabel('Status').selectOption('running')
  for (const train_loss of [2, 1, 0.5])
    await app.call('PUT', 'jobs/Experiment%201', { metrics: { train_loss } })
  await expect(page.getByRole('img', { name: /^train_loss: train_loss from/ })).toBeVisible({
    timeout: 15_000,
  })
  await expectGoodPage(page)

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/jobs$/)
  await expect(page.getByRole('heading', { name: 'No job yet' })).toBeVisible()
})

test('deleting a machine says what goes with it, and the keyboard alone can do it', async ({
  page,
  app,
  host,
}) => {
  await addMachine(app, host, 'short-lived')
  await page.goto('/connections/short-lived')
  await page.getByRole('button', { name: 'Delete' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(/history: \d+ samples? since/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Delete' }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Delete' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/connections$/)
  await expect(page.getByText('short-lived')).toHaveCount(0)
})

test('what is not there gets a page that leads on', async ({ page }) => {
  const answer = await page.goto('/connections/unknown')
  expect(answer?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await expectGoodPage(page)
})
