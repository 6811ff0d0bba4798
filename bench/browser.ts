import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from '@playwright/test'
import { type App, startApp } from '@/e2e/app'
import { CHROMIUM } from '@/playwright.config'
import { type ScriptTime, scriptTime } from './script-time'
import { percentiles, type Times } from './statistics'

export type PageResult = {
  page: string
  script_kb_gzip: number
  first_paint_ms: number
  live_ms: number
}

export type UpdateResult = ScriptTime & { page: string }

export type BrowserResults = {
  pages: PageResult[]
  updates: UpdateResult[]
  delay: { sample_to_browser: Times; sample_to_pixels: Times }
}

/** Machines with eight GPUs each, as many as the overview should bear. */
const FLEET = 40
const SAMPLE_EVERY_MS = 2_000

/** What the browser pays: scripts, first paint, live updates of one machine and of forty. */
export async function benchBrowser(options: {
  rounds: number
  seconds: number
}): Promise<BrowserResults> {
  const simulators = fork(path.join(import.meta.dirname, 'simulators.ts'), [String(FLEET)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [app, ports] = await Promise.all([startApp({ LOG_LEVEL: 'warn' }), portsOf(simulators)])
  const browser = await chromium.launch(CHROMIUM)
  try {
    await addMachines(app, ports.slice(0, 1))
    const { body } = await app.call('POST', 'projects', { name: 'bench', connection_id: 'dgx-0' })
    const job = await app.call('POST', 'jobs', { name: 'run', project_id: body.data.id })
    const machine = '/connections/dgx-0'
    const pages = []
    for (const url of [
      '/',
      machine,
      `${machine}/terminal`,
      '/connections',
      '/projects',
      '/jobs',
      `/jobs/${job.body.data.id}`,
    ]) {
      pages.push(await openings(browser, app, url, options.rounds))
    }
    const one = await updates(browser, app, machine, options.seconds)
    const delay = await delays(browser, app, machine, options.seconds)
    await addMachines(app, ports.slice(1), 1)
    const forty = await updates(browser, app, '/', options.seconds)
    return { pages, updates: [one, forty], delay }
  } finally {
    await browser.close()
    await app.stop()
    app.remove()
    simulators.kill()
  }
}

async function portsOf(simulators: ChildProcess): Promise<number[]> {
  const [ports] = await once(simulators, 'message')
  return ports as number[]
}

async function addMachines(app: App, ports: number[], first = 0): Promise<void> {
  for (const [i, port] of ports.entries()) {
    const name = `dgx-${first + i}`
    await app.call('POST', 'connections', {
      name,
      hostname: '127.0.0.1',
      port,
      username: 'demo',
      sample_interval_ms: SAMPLE_EVERY_MS,
    })
    await app.call('POST', `connect/${name}`)
    await app.call('GET', `metrics/${name}`)
  }
}

/** A page that was never open before, on a server that has drawn it once. */
async function openings(
  browser: Browser,
  app: App,
  url: string,
  rounds: number,
): Promise<PageResult> {
  const scripts: number[] = []
  const paints: number[] = []
  const lives: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const context = await newContext(browser)
    const page = await context.newPage()
    await page.goto(app.origin + url, { waitUntil: 'load' })
    const { script, paint } = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation')
      const end = (navigation as PerformanceNavigationTiming).loadEventEnd || performance.now()
      const scripts = performance
        .getEntriesByType('resource')
        .filter((entry) => entry.name.endsWith('.js') && entry.startTime <= end)
      return {
        script: scripts.reduce(
          (sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize,
          0,
        ),
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
      }
    })
    const live = await page.evaluate(liveSince)
    await context.close()
    // The first opening warms the server.
    if (round === 0) continue
    scripts.push(script / 1000)
    paints.push(paint)
    lives.push(live)
  }
  return {
    page: url.replace(/[0-9a-f-]{36}/, ':id'),
    script_kb_gzip: Math.round(percentiles(scripts).p50_ms),
    first_paint_ms: Math.round(percentiles(paints).p50_ms),
    live_ms: Math.round(percentiles(lives).p50_ms),
  }
}

/** In the page: resolves with the time, since navigation, of the first live message. */
function liveSince(): Promise<number> {
  const { live } = window as unknown as { live: { firstAt: Promise<number> } }
  return live.firstAt
}

/** Notes, in each page, when live messages arrive and when the frame after them is drawn. */
function watchLive(): void {
  const Original = window.WebSocket
  const delays: { arrived: number; drawn: number }[] = []
  let first: (at: number) => void = () => {}
  const firstAt = new Promise<number>((resolve) => {
    first = resolve
  })
  Object.assign(window, { live: { delays, firstAt } })
  window.WebSocket = class extends Original {
    constructor(url: string | URL) {
      super(url)
      this.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data)
        if (message.type === 'hello') first(performance.now())
        if (message.type !== 'metrics') return
        const at = Date.parse(message.metrics.recorded_at)
        const arrived = Date.now() - at
        requestAnimationFrame(() =>
          requestAnimationFrame(() => delays.push({ arrived, drawn: Date.now() - at })),
        )
      })
    }
  }
}

async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addInitScript(watchLive)
  return context
}

async function settled(browser: Browser, app: App, url: string): Promise<[BrowserContext, Page]> {
  const context = await newContext(browser)
  const page = await context.newPage()
  await page.goto(app.origin + url)
  await page.evaluate(liveSince)
  await page.waitForTimeout(2 * SAMPLE_EVERY_MS)
  return [context, page]
}

/** Script time of live updates, from Chromium's own trace. */
async function updates(
  browser: Browser,
  app: App,
  url: string,
  seconds: number,
): Promise<UpdateResult> {
  const [context, page] = await settled(browser, app, url)
  await browser.startTracing(page, { categories: ['devtools.timeline', 'v8.execute', 'v8'] })
  await page.waitForTimeout(seconds * 1000)
  const trace = await browser.stopTracing()
  await context.close()
  return { page: url, ...scriptTime(trace, (seconds * 1000) / SAMPLE_EVERY_MS) }
}

async function delays(
  browser: Browser,
  app: App,
  url: string,
  seconds: number,
): Promise<BrowserResults['delay']> {
  const [context, page] = await settled(browser, app, url)
  await page.waitForTimeout(seconds * 1000)
  const seen = await page.evaluate(
    () =>
      (window as unknown as { live: { delays: { arrived: number; drawn: number }[] } }).live.delays,
  )
  await context.close()
  return {
    // The first message is the newest sample there was, which is not new.
    sample_to_browser: percentiles(seen.slice(1).map(({ arrived }) => arrived)),
    sample_to_pixels: percentiles(seen.slice(1).map(({ drawn }) => drawn)),
  }
}
