import AxeBuilder from '@axe-core/playwright'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

test('rules are written, tried and saved on the page of a machine', async ({ page, app, host }) => {
  await addMachine(app, host, 'dgx-1')
  await page.goto('/connections/dgx-1')
  await page.getByRole('link', { name: 'Safety' }).click()
  await page.getByRole('button', { name: 'Add the ready set' }).click()
  await expect(page.getByText('shutdown, reboot, poweroff, halt', { exact: true })).toBeVisible()
  const refuse = page.getByRole('group', { name: 'Refuse' })
  await refuse.getByRole('button', { name: 'Add a pattern' }).click()
  const pattern = refuse.getByRole('textbox')
  await pattern.fill('docker (')
  await expect(refuse.getByRole('alert')).toContainText('Unterminated group')
  const save = page.getByRole('button', { name: 'Save the rules' })
  await expect(save).toBeDisabled()
  await pattern.fill('^docker\\b')

  const tried = page.getByRole('textbox', { name: 'Command' })
  const verdict = page.getByRole('status', { name: 'What would happen' })
  for (const [command, says] of [
    ['rm -rf /', 'dgx-1 asks a person first'],
    ['rm -rf ./build', 'dgx-1 would run it'],
    ['docker ps', 'dgx-1 denies this command: it matches ^docker\\b'],
  ] as const) {
    await tried.fill(command)
    await expect(verdict).toContainText(says)
  }
  await save.click()
  await expect(page.getByText('The rules count from now on.')).toBeVisible()
  // With the word of it in sight.
  await expectGoodPage(page)
  await page.reload()
  await expect(pattern).toHaveValue('^docker\\b')
  await expect(save).toBeDisabled()
})

test('a command that waits is refused, then allowed, on whatever page somebody looks at', async ({
  page,
  context,
  app,
}) => {
  const settings = { confirm: ['^touch'], deny: [] }
  await app.call('PUT', 'connections/dgx-1/safety', settings)
  await page.goto('/jobs')
  const other = await context.newPage()
  await other.goto('/projects')
  const dialog = page.getByRole('dialog', { name: 'Run this on dgx-1?' })
  const exec = (command: string) =>
    app.call('POST', 'exec/dgx-1', { command, cwd: '/tmp' }, { 'user-agent': 'curl/8' })

  const first = exec('touch refused \u202e# harmless')
  await expect(dialog).toBeVisible()
  await expect(dialog.getByRole('region', { name: 'Command' })).toHaveText(
    'touch refused \\u{202e}# harmless',
  )
  for (const text of ['by HTTP, curl/8', '/tmp', '^touch', /within [12]:\d\d\./])
    await expect(dialog.getByText(text)).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Refuse' })).toBeFocused()
  await expect(page).toHaveTitle(/^\(1\) Waits for you: /)
  await expect(dialog.getByRole('button', { name: 'Allow' })).toBeEnabled()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  }
  await page.keyboard.press('Enter')
  expect((await first).body.code).toBe('confirmation_refused')
  await expect(dialog).toBeHidden()
  await expect(page).not.toHaveTitle(/Waits for you/)
  await expect(other.getByRole('dialog')).toBeHidden()

  // Several: put aside, taken up again, answered one by one.
  const held = [exec('touch /dev/null; echo one'), exec('touch /dev/null; echo two')]
  await expect(dialog).toContainText('One more waits behind it')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: '2 commands wait for you' }).click()
  for (let i = 0; i < 2; i += 1) {
    await expect(dialog).toContainText(i === 0 ? 'One more waits' : 'Not run if nobody')
    await dialog.getByRole('button', { name: 'Allow' }).click()
    await expect(page).toHaveTitle(i === 0 ? /^\(1\)/ : /^(?!\()/)
  }
  const printed = (await Promise.all(held)).map(({ body }) => body.data.stdout)
  expect(printed).toEqual(['one\n', 'two\n'])
  await other.close()
})

test('a machine is made read-only, and says so before somebody tries', async ({ page, app }) => {
  await page.goto('/connections/dgx-1/safety')
  await page.getByRole('switch', { name: /Change nothing on dgx-1/ }).click()
  await expect(page.getByText('dgx-1 is read-only.')).toBeVisible()
  await page.goto('/connections/dgx-1')
  await expect(page.getByText('Read-only', { exact: true })).toBeVisible()
  await expect(page.getByText('no command is run there')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Terminal' })).toBeHidden()
  await page.goto('/connections/dgx-1/terminal')
  await expect(page.getByRole('heading', { name: 'Read-only' })).toBeVisible()
  for (const path of ['/', '/connections']) {
    await page.goto(path)
    await expect(page.getByText('Read-only', { exact: true })).toBeVisible()
    await expect(page.getByText(/^0 of [1-9]\d* free$/)).toBeVisible()
  }
  await app.call('PUT', 'connections/dgx-1/safety', { read_only: false })
  // Without a reload.
  await expect(page.getByText('Read-only', { exact: true })).toBeHidden()
  await expect(page.getByText(/^[1-9]\d* of [1-9]\d* free$/)).toBeVisible()
})
