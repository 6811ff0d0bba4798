import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Locator, Page } from '@playwright/test'
import { type App, startApp } from '../app'
import { SECRET } from '../audit-trail'
import { type Sshd, startSshd } from '../testbed/sshd'
import { expect, expectGoodPage, test } from './fixtures'

test.describe.configure({ mode: 'serial' })

const lines = (page: Page) => page.getByRole('list', { name: 'Machines' }).locator('> li')
const line = (page: Page, name: string) =>
  lines(page).filter({ has: page.getByRole('link', { name, exact: true }) })
const names = (page: Page) =>
  lines(page)
    .locator('a[href^="/connections/"]')
    .filter({ hasNotText: 'terminal' })
    .allTextContents()
const sidebar = (page: Page) =>
  page.getByRole('navigation', { name: 'Machines' }).getByRole('link', { name: /^(?!Add)/ })

async function fill(dialog: Locator, host: Sshd, changed: Partial<Sshd> = {}) {
  const { hostname, port, username, keyPath } = { ...host, ...changed }
  await dialog.getByLabel('Host', { exact: true }).fill(`${username}@${hostname}:${port}`)
  await dialog.getByLabel('Private key file').fill(keyPath)
}

test('the form says what is wrong as a field is left, and keeps what was typed', async ({
  page,
  app,
}) => {
  await app.call('POST', 'connections', { name: 'taken', hostname: 'h', username: 'u' })
  await page.goto('/connections')
  await page.getByRole('button', { name: 'Add a machine' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  const field = (label: string) => dialog.getByLabel(label, { exact: true })
  await field('Host').fill('two words')
  await field('Port').focus()
  await expect(dialog.getByText(/^This is no host name/)).toBeVisible()
  // What is done here and what is heard of elsewhere may have the page drawn again at once.
  await page.evaluate('next.router.refresh(); next.router.refresh()')
  await expectGoodPage(page)
  await expect(dialog.getByText(/^This is no host name/)).toBeVisible()
  await field('Host').fill('ssh mia@dgx.example.com -p 2222')
  await field('Port').focus()
  await expect(field('Host')).toHaveValue('dgx.example.com')
  await expect(field('User')).toHaveValue('mia')
  await expect(field('Port')).toHaveValue('2222')
  await expect(dialog.getByText(/^This is no host name/)).toBeHidden()

  await dialog.getByRole('button', { name: 'Add and connect' }).click()
  await expect(dialog.getByText('Name is empty.')).toBeVisible()
  await expect(field('Name')).toBeFocused()
  await field('Name').fill('taken')
  await dialog.getByRole('button', { name: 'Add and connect' }).click()
  await expect(dialog.getByText('Name is taken.')).toBeVisible()
  await expect(field('Name')).toBeFocused()

  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Add a machine' }).click()
  await expect(field('Host')).toHaveValue('dgx.example.com')
  await app.call('DELETE', 'connections/taken')
})

test('a test is shown as it runs, and can be stopped', async ({ page }) => {
  // Takes connections and never says a word, so that the handshake waits.
  const silent = net.createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  try {
    await page.goto('/connections?add=1')
    const dialog = page.getByRole('dialog', { name: 'Add a machine' })
    const { port } = silent.address() as net.AddressInfo
    await dialog.getByLabel('Host', { exact: true }).fill(`mia@127.0.0.1:${port}`)
    await dialog.getByRole('button', { name: 'Test' }).click()
    const steps = dialog.getByRole('list', { name: 'Connection test' }).getByRole('listitem')
    await expect(steps.filter({ hasText: 'Check the host key' })).toContainText('running')
    await expect(steps.filter({ hasText: 'Reach the port' })).toContainText('accepts connections')
    await expect(steps.filter({ hasText: 'Ask nvidia-smi' })).toContainText('waiting')
    await expectGoodPage(page)
    await dialog.getByRole('button', { name: 'Stop the test' }).click()
    await expect(steps).toHaveCount(0)
  } finally {
    silent.close()
  }
})

test('a machine is added: its test, and at first contact its fingerprint', async ({
  page,
  host,
}) => {
  await page.goto('/connections?add=1')
  const dialog = page.getByRole('dialog', { name: 'Add a machine' })
  await dialog.getByLabel('Name').fill('dgx-1')
  await fill(dialog, host)
  await dialog.getByRole('button', { name: 'Test' }).click()
  await expect(dialog.getByText('Everything works.')).toBeVisible()
  await expect(
    dialog.getByRole('list', { name: 'Connection test' }).getByText('ok', { exact: true }),
  ).toHaveCount(6)
  await dialog.getByRole('button', { name: 'Add and connect' }).click()
  const first = page.getByRole('dialog', { name: 'dgx-1 is connected' })
  await expect(first.getByText(host.fingerprint)).toBeVisible()
  await expect(first.getByText('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')).toBeVisible()
  await expectGoodPage(page)
  await first.getByRole('button', { name: 'Done' }).click()
  await expect(first).toBeHidden()
  await expect(line(page, 'dgx-1')).toContainText('8 × A100-SXM4-80GB')
  await expect(line(page, 'dgx-1')).toContainText(/Sampled/)
  await expectGoodPage(page)
})

test('a passphrase that the test asks for opens the connection too', async ({ page }) => {
  const locked = await startSshd({ clientKey: { passphrase: SECRET } })
  try {
    await page.goto('/connections?add=1')
    const dialog = page.getByRole('dialog', { name: 'Add a machine' })
    await dialog.getByLabel('Name').fill('locked')
    await fill(dialog, locked)
    await dialog.getByRole('button', { name: 'Test' }).click()
    await dialog.getByLabel('Passphrase of the key').fill('wrong')
    await page.keyboard.press('Enter')
    await expect(dialog.getByText(/^The passphrase does not open/)).toBeVisible({ timeout: 20_000 })
    await dialog.getByLabel('Passphrase of the key').fill(SECRET)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    await expect(dialog.getByText('Everything works.')).toBeVisible({ timeout: 20_000 })
    await dialog.getByRole('button', { name: 'Add and connect' }).click()
    await page
      .getByRole('dialog', { name: 'locked is connected' })
      .getByRole('button', { name: 'Done' })
      .click({ timeout: 20_000 })
    await expect(line(page, 'locked').getByText('connected', { exact: true })).toBeVisible()

    // The secret is forgotten with the connection; the list leads to where it is asked again.
    await line(page, 'locked').getByRole('button', { name: 'Disconnect' }).click()
    await line(page, 'locked').getByRole('button', { name: 'Connect', exact: true }).click()
    const secret = page.getByRole('dialog', { name: 'Connect locked' })
    await expect(secret.getByLabel(/^Passphrase of/)).toBeFocused()
    await expectGoodPage(page)
    await page.keyboard.press('Escape')
  } finally {
    await locked.stop()
  }
})

test('the order is the user’s own: by keyboard, by menu and by dragging', async ({ page, app }) => {
  await app.call('POST', 'connections', { name: 'last', hostname: 'h', username: 'u' })
  await page.goto('/connections')
  expect(await names(page)).toEqual(['dgx-1', 'locked', 'last'])
  const grip = (name: string) => page.getByRole('button', { name: `Move ${name}: drag` })

  await grip('last').focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => names(page)).toEqual(['dgx-1', 'last', 'locked'])
  await expect(grip('last')).toBeFocused()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByText('last is now 1 of 3')).toBeAttached()
  await expect(sidebar(page)).toHaveText([/last/, /dgx-1/, /locked/])
  await page.reload()
  expect(await names(page)).toEqual(['last', 'dgx-1', 'locked'])

  await page.getByRole('button', { name: 'More about last' }).click()
  await page.getByRole('menuitem', { name: 'Move down' }).click()
  await expect.poll(() => names(page)).toEqual(['dgx-1', 'last', 'locked'])

  const from = await grip('dgx-1').boundingBox()
  const to = await lines(page).nth(2).boundingBox()
  if (!from || !to) throw new Error('a line has no box')
  await page.mouse.move(from.x + 5, from.y + 5)
  await page.mouse.down()
  await page.mouse.move(from.x + 5, to.y + to.height, { steps: 8 })
  // The list shows the order before the server has it.
  const asked = page.waitForRequest(/\/connections\/reorder$/)
  await page.mouse.up()
  await expect.poll(() => names(page)).toEqual(['last', 'locked', 'dgx-1'])
  await (await asked).response()
  await page.goto('/')
  await expect(page.getByRole('article').getByRole('heading')).toHaveText([
    'last',
    'locked',
    'dgx-1',
  ])
})

test('the list is live', async ({ page, app }) => {
  await page.goto('/connections')
  await expect(line(page, 'dgx-1').getByText('connected', { exact: true })).toBeVisible()
  await app.call('POST', 'disconnect/dgx-1')
  await expect(line(page, 'dgx-1').getByText('disconnected')).toBeVisible()
  await app.call('POST', 'connect/dgx-1')
  await expect(line(page, 'dgx-1')).toContainText('8 × A100-SXM4-80GB')
  await app.call('PUT', 'connections/last', { name: 'renamed' })
  await expect(line(page, 'renamed')).toBeVisible()

  // Changes that come faster than pages are drawn show while they come, not once they end.
  await page.route(/_rsc=/, async (route) => {
    await delay(2_500)
    await route.continue()
  })
  const changes = setInterval(() => {
    void app.call('PUT', 'connections/renamed', { hostname: `h-${Date.now()}` })
  }, 500)
  try {
    await expect(line(page, 'renamed')).toContainText('@h-')
  } finally {
    clearInterval(changes)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
  }
})

test('deleting says what goes with it, and takes projects and jobs only when told', async ({
  page,
  app,
}) => {
  const project = { name: 'vision', connection_id: 'dgx-1' }
  const { body } = await app.call('POST', 'projects', project)
  for (const name of ['one', 'two']) {
    await app.call('POST', 'jobs', { name, project_id: body.data.id })
  }
  await page.goto('/connections')
  const more = page.getByRole('button', { name: 'More about dgx-1' })
  await more.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete dgx-1?' })
  await expect(dialog.getByText(/history: [\d,]+ samples since/)).toBeVisible()
  await expect(dialog.getByText('1 project and 2 jobs of this machine')).toBeVisible()
  await expect(dialog.getByRole('radio', { name: /Keep them/ })).toBeChecked()
  await expectGoodPage(page)
  await dialog.getByRole('button', { name: 'Keep the machine' }).click()
  await expect(line(page, 'dgx-1')).toBeVisible()

  await more.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await dialog.getByRole('radio', { name: /Delete them too/ }).check()
  await dialog.getByRole('button', { name: 'Delete machine, projects and jobs' }).click()
  await expect(dialog).toBeHidden()
  await expect(line(page, 'dgx-1')).toHaveCount(0)
  expect((await app.call('GET', 'jobs')).body.meta.total).toBe(0)
})

test.describe('with HOST_KEY_POLICY=ask and hosts in the ssh config', () => {
  let asking: App
  let dir: string
  test.beforeAll(async ({ host }) => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-config-'))
    const place = `  HostName ${host.hostname}\n  Port ${host.port}\n  User ${host.username}\n  IdentityFile ${host.keyPath}\n`
    const config = path.join(dir, 'config')
    writeFileSync(config, `Host box\n${place}\nHost other\n  User mia\n\nHost *\n  User nobody\n`)
    asking = await startApp({ HOST_KEY_POLICY: 'ask', SSH_CONFIG_FILE: config })
  })
  test.afterAll(async () => {
    await asking.stop()
    asking.remove()
    rmSync(dir, { recursive: true, force: true })
  })

  test('several hosts are imported at once; those added before are told', async ({ page }) => {
    await page.goto(`${asking.origin}/connections`)
    await page.getByRole('button', { name: 'Import' }).click()
    const dialog = page.getByRole('dialog', { name: /^Import/ })
    const hosts = dialog.getByRole('list', { name: 'Hosts' })
    await expect(hosts.getByRole('checkbox')).toHaveCount(2)
    await expectGoodPage(page)
    await hosts.getByRole('checkbox', { name: /^other/ }).uncheck()
    await dialog.getByRole('checkbox', { name: 'Connect them at once' }).uncheck()
    await dialog.getByRole('button', { name: 'Add 1 machine' }).click()
    await expect(dialog).toBeHidden()
    await expect(line(page, 'box')).toBeVisible()
    await page.getByRole('button', { name: 'Import' }).click()
    await expect(hosts.getByRole('listitem').filter({ hasText: 'box' })).toContainText(
      'added before',
    )
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  })

  test('an unknown key is shown with how to compare it, and trusted once', async ({
    page,
    host,
  }) => {
    await page.goto(`${asking.origin}/connections`)
    await line(page, 'box').getByRole('button', { name: 'Connect', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'First contact with box' })
    await expect(dialog.getByText(host.fingerprint)).toBeVisible()
    await expectGoodPage(page)
    await dialog.getByRole('button', { name: 'Do not connect' }).click()
    await expect(line(page, 'box').getByText('error', { exact: true })).toBeVisible()
    await line(page, 'box').getByRole('button', { name: 'Compare the host key' }).click()
    await dialog.getByRole('button', { name: 'It matches: trust this key' }).click()
    await expect(line(page, 'box').getByText('connected', { exact: true })).toBeVisible()
    await expect(line(page, 'box')).toContainText('A100')
  })
})
