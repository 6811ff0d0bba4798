import { expect, expectGoodPage, test } from './fixtures'

test('the reference is found from anywhere and names every operation', async ({ page, app }) => {
  await page.goto('/')
  await page.getByRole('link', { name: 'API reference' }).click()
  await expect(page.getByRole('heading', { name: 'API reference', level: 1 })).toBeVisible()
  const { body } = await app.call('GET', 'openapi.json')
  const operations = Object.values(body.paths as Record<string, object>).flatMap(Object.values)
  for (const { operationId } of operations) {
    await expect(page.locator(`main a[href$="#${operationId}"]`)).toBeAttached()
  }
  await expectGoodPage(page)
  await page.keyboard.press('Control+k')
  await page.keyboard.type('api ref')
  await expect(page.getByRole('option', { name: 'API reference' })).toBeVisible()
})

test('an operation shows how to call it, and its call works as it is copied', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/docs')
  await page.getByRole('link', { name: 'Create a connection' }).click()
  const operation = page.locator('#createConnection')
  await expect(operation.getByRole('row', { name: /sample_interval_ms/ })).toContainText('2000')
  await operation.getByText('Failures').click()
  await expect(operation.getByText('name_taken', { exact: true })).toBeVisible()
  await operation.getByRole('button', { name: 'Copy as curl' }).click()
  await expect(operation.getByRole('button', { name: 'Copied' })).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const { execFileSync } = await import('node:child_process')
  const answer = JSON.parse(execFileSync('sh', ['-c', `${copied} -s`], { encoding: 'utf8' }))
  expect(answer).toMatchObject({ success: true, data: { name: 'dgx-1', port: 22 } })
  await expectGoodPage(page)
})

test('a section that is not there is a 404', async ({ page }) => {
  expect((await page.goto('/docs/nothing'))?.status()).toBe(404)
})
