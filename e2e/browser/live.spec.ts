import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { instant } from '@/components/charts/time-axis'
import type { App } from '../app'
import { addMachine, expect, test } from './fixtures'

// Seven tabs that draw every second are slow on a busy machine.
test.describe.configure({ mode: 'serial', timeout: 360_000 })

const MACHINE = '/connections/dgx-1'
const server = (page: Page) => page.getByRole('complementary').getByRole('status')
const cursor = (page: Page) => page.getByRole('slider', { name: 'Utilization over time' })
const power = (page: Page) =>
  page.getByRole('article', { name: 'GPU 0' }).getByRole('meter', { name: 'Power' })

/** The instants of all samples in the chart, oldest first, as its crosshair says them. */
async function chartedInstants(page: Page): Promise<string[]> {
  const slider = cursor(page)
  await slider.focus()
  await slider.press('Home')
  const words = []
  for (let left = Number(await slider.getAttribute('max')); left >= 0; left -= 1) {
    words.push((await slider.getAttribute('aria-valuetext')) ?? '')
    await slider.press('ArrowRight')
  }
  await slider.press('Escape')
  return words.map((text) => text.replace(/: GPU 0.*/, ''))
}

/**
 * What the server still has of the machine's readings of GPUs after `since`, ms since 1970. A sample
 * in which nvidia-smi had nothing new to say is no point of a chart.
 */
async function keptSamples(app: App, since: number): Promise<number[]> {
  const leave = new AbortController()
  const response = await fetch(`${app.origin}/api/dgx/metrics/dgx-1/stream?since=${since}`, {
    headers: { accept: 'application/x-ndjson' },
    signal: leave.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('\n')) text += (await reader?.read())?.value ?? ''
  leave.abort()
  const event = JSON.parse(text.slice(0, text.indexOf('\n')))
  if (event.type !== 'backfill') return []
  const samples: { at: number; gpus: unknown[] | null }[] = event.samples
  return samples.filter(({ gpus }) => gpus !== null).map(({ at }) => at)
}

/** Waits until the machine was sampled so many times more. */
async function samples(app: App, count: number): Promise<void> {
  const since = Date.now()
  await expect
    .poll(async () => (await keptSamples(app, since)).length, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(count)
}

test.beforeAll(async ({ app, host }) => {
  await addMachine(app, host, 'dgx-1')
  await app.call('PUT', 'connections/dgx-1', { sample_interval_ms: 1_000 })
  // Readings move from here on.
  writeFileSync(path.join(host.dir, 'state', 'wobble'), '1')
})

test('seven tabs of one browser all stay live, and each can still ask for things', async ({
  context,
}) => {
  const tabs = await Promise.all(Array.from({ length: 7 }, () => context.newPage()))
  for (const tab of tabs) await tab.goto(MACHINE)
  for (const tab of tabs) await expect(server(tab)).toHaveText('Live')
  // Twice: after the last tab was opened none has fallen silent.
  for (let round = 0; round < 2; round += 1) {
    const before = await Promise.all(tabs.map((tab) => power(tab).getAttribute('aria-valuetext')))
    await Promise.all(
      tabs.map((tab, i) =>
        expect(power(tab)).not.toHaveAttribute('aria-valuetext', before[i] ?? '', {
          timeout: 30_000,
        }),
      ),
    )
  }
  for (const tab of tabs) {
    await tab.getByLabel('Command', { exact: true }).fill('echo still he""re')
    await tab.getByRole('button', { name: 'Run' }).click()
  }
  for (const tab of tabs) await expect(tab.getByLabel('Output')).toHaveText(/still here/)
})

test('a hidden tab hears nothing, and has all of it when somebody looks again', async ({
  page,
  app,
}) => {
  const show = (state: DocumentVisibilityState) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { value: visibility, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  const sockets: { isClosed(): boolean }[] = []
  page.on('websocket', (socket) => sockets.push(socket))
  await page.goto(MACHINE)
  await expect(server(page)).toHaveText('Live')
  await samples(app, 2)
  const hiddenAt = Date.now()
  await show('hidden')
  await expect(server(page)).toHaveText('Paused', { timeout: 20_000 })
  await expect.poll(() => sockets.every((socket) => socket.isClosed())).toBe(true)
  await samples(app, 3)
  const missed = await keptSamples(app, hiddenAt)
  expect(missed.length).toBeGreaterThanOrEqual(3)

  await show('visible')
  await expect(server(page)).toHaveText('Live')
  const wanted = missed.map((at) => instant(at / 1000))
  await expect(async () =>
    expect(await chartedInstants(page)).toEqual(expect.arrayContaining(wanted)),
  ).toPass()
})

test('what stopped coming is shown as old, and a restart of the program loses no line', async ({
  page,
  app,
}) => {
  await page.goto(MACHINE)
  await expect(server(page)).toHaveText('Live')
  await samples(app, 2)
  await page.evaluate(() => {
    document.body.dataset['sameDocument'] = 'yes'
  })
  const before = await chartedInstants(page)

  await app.stop()
  await expect(server(page)).toHaveText(/^Reconnecting, stale since \d/, { timeout: 30_000 })
  const note = page.getByText(/^Old values: the last sample came \d+ s ago\.$/)
  await expect(note).toBeVisible({ timeout: 30_000 })
  // Its age grows.
  const age = (await note.textContent()) ?? ''
  await expect(note).not.toHaveText(age)

  await app.start()
  await expect(server(page)).toHaveText('Live', { timeout: 30_000 })
  await expect(note).toBeHidden({ timeout: 30_000 })
  await expect(async () => {
    const after = await chartedInstants(page)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(after.length).toBeGreaterThan(before.length)
  }).toPass()
  await expect(page.locator('body')).toHaveAttribute('data-same-document', 'yes')
})

/** Half an hour at the default interval. */
const SAMPLES = 900
/** More than a page keeps, so that the beginning of the measurement is as full as its end. */
const WARM_UP = 400
/** One sample as it comes is some 10 kB: kept ones would be 9 MB. */
const MOST_GROWTH_BYTES = 2_000_000

for (const url of [MACHINE, '/']) {
  test(`half an hour of samples leaves nothing behind in a tab at ${url}`, async ({
    page,
    context,
  }) => {
    test.setTimeout(300_000)
    await page.addInitScript(() => {
      window.WebSocket = class extends window.WebSocket {
        constructor(...to: ConstructorParameters<typeof WebSocket>) {
          super(...to)
          this.addEventListener('message', ({ data }) => {
            if (JSON.parse(data).type === 'metrics')
              Object.assign(window, { live: this, last: data })
          })
        }
      }
    })
    await page.goto(url)
    await page.waitForFunction(() => 'last' in window)
    let at = Date.now()
    /** Says to the tab's own socket what the server would have said in so many times two seconds. */
    const play = async (count: number) => {
      at = await page.evaluate(
        async ([count, from]) => {
          const { live, last } = window as unknown as { live: WebSocket; last: string }
          for (let i = 1; i <= count; i += 1) {
            const message = JSON.parse(last)
            const { metrics } = message
            metrics.recorded_at = new Date(from + i * 2_000).toISOString()
            metrics.gpus_recorded_at = metrics.recorded_at
            for (const gpu of metrics.gpus) gpu.gpu_utilization = (i * 7 + gpu.index * 11) % 101
            live.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
            await new Promise(requestAnimationFrame)
          }
          return from + count * 2_000
        },
        [count, at] as const,
      )
    }
    const cdp = await context.newCDPSession(page)
    await cdp.send('Performance.enable')
    const measure = async () => {
      // Twice: what the first one frees may hold more.
      await cdp.send('HeapProfiler.collectGarbage')
      await cdp.send('HeapProfiler.collectGarbage')
      const { metrics } = await cdp.send('Performance.getMetrics')
      const of = (name: string) =>
        metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
      return { bytes: of('JSHeapUsedSize'), nodes: of('Nodes'), listeners: of('JSEventListeners') }
    }
    await play(WARM_UP)
    const before = await measure()
    await play(SAMPLES)
    const after = await measure()
    expect(after.bytes - before.bytes).toBeLessThan(MOST_GROWTH_BYTES)
    expect(after.nodes - before.nodes).toBeLessThan(200)
    expect(after.listeners - before.listeners).toBeLessThan(50)
  })
}
