import type { Page } from '@playwright/test'
import { addMachine, expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const screenOf = (page: Page, tab = 1) =>
  page.getByRole('tabpanel', { name: `Terminal ${tab}` }).locator('.xterm-rows')
const isReady = (page: Page, tab = 1) =>
  expect(
    page
      .getByRole('tabpanel', { name: `Terminal ${tab}` })
      .getByRole('status')
      .first(),
  ).not.toContainText('Opening')

test('a person types into a terminal and sees what the machine says', async ({
  page,
  app,
  host,
}) => {
  await addMachine(app, host, 'dgx-1')
  await page.goto('/connections/dgx-1')
  await page.getByRole('link', { name: 'Terminal', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Terminal on dgx-1', level: 1 })).toBeVisible()
  await isReady(page)
  await page.keyboard.type('echo "sum=$((40+2))"\n')
  await expect(screenOf(page)).toContainText('sum=42')
  await expectGoodPage(page)
})

test('the shell knows the size of the window, also after it changed', async ({ page }) => {
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.keyboard.type('echo "size=$(stty size)."\n')
  await expect(screenOf(page)).toContainText(/size=\d+ \d+\./)
  const before = Number(/size=\d+ (\d+)\./.exec((await screenOf(page).textContent()) ?? '')?.[1])
  await page.setViewportSize({ width: 700, height: 700 })
  await expect(async () => {
    await page.keyboard.type('clear; echo "size=$(stty size)."\n')
    const now = Number(/size=\d+ (\d+)\./.exec((await screenOf(page).textContent()) ?? '')?.[1])
    expect(now).toBeGreaterThan(20)
    expect(now).toBeLessThan(before)
  }).toPass()
})

test('several terminals are apart, and the keyboard alone leads through them', async ({ page }) => {
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.keyboard.type('echo first""tab\n')
  await expect(screenOf(page)).toContainText('firsttab')
  await page.getByRole('button', { name: 'New terminal' }).click()
  await isReady(page, 2)
  await page.keyboard.type('echo second""tab\n')
  await expect(screenOf(page, 2)).toContainText('secondtab')
  await expect(screenOf(page, 2)).not.toContainText('firsttab')

  await page.keyboard.press('Control+Shift+L')
  await expect(page.getByRole('tab', { name: 'Terminal 2' })).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await expect(page.getByRole('tab', { name: 'Terminal 1' })).toBeFocused()
  await expect(screenOf(page)).toContainText('firsttab')
  await page.keyboard.press('Enter')
  await page.keyboard.type('echo still""here\n')
  await expect(screenOf(page)).toContainText('stillhere')
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Close terminal 1' }).click()
  await expect(page.getByRole('tab')).toHaveCount(1)
  await expect(screenOf(page, 2)).toContainText('secondtab')
})

test('what a machine writes sets no clipboard and makes no link', async ({
  page,
  context,
  app,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin })
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.evaluate(() => navigator.clipboard.writeText('mine'))
  const link = '\\033]8;;http://evil.example/\\033\\\\cl""ick\\033]8;;\\033\\\\'
  await page.keyboard.type(
    `printf '\\033]52;c;c3RvbGVu\\007\\033]2;a <b>title</b>\\007'; printf "${link} http://evil.example/x en""d\\n"\n`,
  )
  await expect(screenOf(page)).toContainText('click http://evil.example/x end')
  await expect(page.getByText('a <b>title</b>', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine')
  // The screen lies over its rows and takes the click where the text is.
  await screenOf(page)
    .getByText(/^click http/)
    .click({ position: { x: 10, y: 5 }, force: true })
  await expect(page).toHaveURL(/\/terminal$/)
  expect(context.pages()).toHaveLength(1)
})

test('what is selected is copied, and what is pasted is typed', async ({ page, context, app }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin })
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.keyboard.type('clear; echo copy""this\n')
  await expect(screenOf(page)).toContainText('copythis')
  await screenOf(page)
    .getByText('copythis')
    .first()
    .dblclick({ position: { x: 10, y: 5 }, force: true })
  await page.keyboard.press('Control+Shift+C')
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('copythis')
  await page.evaluate(() => navigator.clipboard.writeText('echo pas""ted'))
  await page.keyboard.press('Control+Shift+V')
  await page.keyboard.press('Enter')
  await expect(screenOf(page)).toContainText('pasted')
})

test('an ended shell says its exit code, and a new one opens', async ({ page }) => {
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.keyboard.type('exit 3\n')
  await expect(page.getByText('The shell ended with exit code 3.')).toBeVisible()
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Open a new shell' }).click()
  await expect(page.getByText('The shell ended')).toBeHidden()
  await isReady(page)
  await page.keyboard.type('echo a""gain\n')
  await expect(screenOf(page)).toContainText('again')
})

test('a dropped connection is told, and a button brings a shell back', async ({
  page,
  app,
  host,
}) => {
  await page.goto('/connections/dgx-1/terminal')
  await isReady(page)
  await page.keyboard.type('echo be""fore\n')
  await expect(screenOf(page)).toContainText('before')
  host.killSessions()
  await expect(page.getByText(/The connection to .* was lost/)).toBeVisible()
  // What the shell had shown stays to be read.
  await expect(screenOf(page)).toContainText('before')
  await expect
    .poll(async () => (await app.call('GET', 'status/dgx-1')).body.data.status, { timeout: 20_000 })
    .toBe('connected')
  await page.getByRole('button', { name: 'Reconnect' }).click()
  await isReady(page)
  await page.keyboard.type('echo af""ter\n')
  await expect(screenOf(page)).toContainText('after')
})

test('a machine that is not connected says so, and its terminal opens once it is', async ({
  page,
  app,
}) => {
  await app.call('POST', 'disconnect/dgx-1')
  await page.goto('/connections/dgx-1/terminal')
  await expect(page.getByRole('heading', { name: 'Not connected' })).toBeVisible()
  await expectGoodPage(page)
  await app.call('POST', 'connect/dgx-1')
  await isReady(page)
  expect((await page.goto('/connections/unknown/terminal'))?.status()).toBe(404)
})

test('the command console keeps a history, tells stderr apart and copies', async ({
  page,
  context,
  app,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.origin })
  await page.goto('/connections/dgx-1')
  const command = page.getByLabel('Command', { exact: true })
  const output = page.getByLabel('Output')
  await command.fill('pwd; echo wrong >&2')
  await page.getByLabel('Working directory').fill('/tmp')
  await command.press('Enter')
  await expect(page.getByText(/Exit code 0 after/)).toBeVisible()
  await expect(output).toContainText('/tmp')
  await expect(output).toContainText('stderr: wrong')
  await expect(page.getByText('Lines with a bar at their left came on stderr.')).toBeVisible()
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Copy output' }).click()
  await expect(page.getByText('Copied')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^\/tmp\nwrong\n|^wrong/,
  )
  await page.getByRole('button', { name: 'Copy as curl', exact: true }).click()
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toContain('"cwd":"/tmp"')

  await command.fill('seq 100000')
  await command.press('Enter')
  await expect(page.getByText(/The first [\d,]+ characters are not kept/)).toBeVisible()
  await expect(output).toContainText('100000')

  await page.reload()
  // Before it knows its history, the field does not know the key either.
  await expect(page.getByText('History: 2 commands')).toBeVisible()
  await command.press('ArrowUp')
  await expect(command).toHaveValue('seq 100000')
  await command.press('ArrowUp')
  await expect(command).toHaveValue('pwd; echo wrong >&2')
  await expect(page.getByLabel('Working directory')).toHaveValue('/tmp')
  await page.getByText('History: 2 commands').click()
  await page.getByRole('list', { name: 'Past commands' }).getByRole('button').last().click()
  await expect(output).toContainText('stderr: wrong')
  await page.getByRole('button', { name: 'Clear history' }).click()
  await expect(page.getByText(/^History:/)).toHaveCount(0)
})
