import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { type App, startApp } from '@/e2e/app'
import { CHROMIUM } from '@/playwright.config'
import { AS_SERVED } from './as-served'
import { type ScriptTime, scriptTime, TRACED } from './script-time'
import { percentiles, type Times } from './statistics'
import { delaysOf, openPage, type VisitResult, visit, whenDrawn } from './visit'

export type UpdateResult = ScriptTime & {
  page: string
  sample_to_browser: Times
  sample_to_pixels: Times
}

export type BrowserResults = { visits: VisitResult[]; updates: UpdateResult[] }

/** Machines with eight GPUs each, as many as the overview should bear. */
const FLEET = 40
const SAMPLE_EVERY_MS = 2_000
const MACHINE = '/connections/dgx-0'

/** What the browser pays: scripts, first paint, live updates of one machine and of forty. */
export async function benchBrowser(options: {
  rounds: number
  seconds: number
}): Promise<BrowserResults> {
  const { rounds, seconds } = options
  const simulators = fork(path.join(import.meta.dirname, 'simulators.ts'), [String(FLEET)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [app, ports] = await Promise.all([startApp(AS_SERVED), portsOf(simulators)])
  const { origin } = app
  const browser = await chromium.launch(CHROMIUM)
  try {
    await addMachines(app, ports.slice(0, 1))
    const visits = []
    for (const [url, name] of await pages(app)) {
      visits.push(await visit(browser, { origin, url, name, rounds }))
    }
    const one = await updates(browser, { origin, url: MACHINE, seconds })
    await addMachines(app, ports.slice(1), 1)
    const fleet = `/ with ${FLEET} machines`
    visits.push(await visit(browser, { origin, url: '/', name: fleet, rounds }))
    const forty = await updates(browser, { origin, url: '/', name: fleet, seconds })
    return { visits, updates: [one, forty] }
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

/** Every page there is, with something on it: path and the name it gets in the table. */
async function pages(app: App): Promise<[url: string, name: string][]> {
  const project = await app.call('POST', 'projects', { name: 'bench', connection_id: 'dgx-0' })
  const jobs = []
  for (const name of ['first', 'second']) {
    const { body } = await app.call('POST', 'jobs', { name, project_id: project.body.data.id })
    jobs.push(body.data.id)
    for (const loss of [2, 1, 0.5]) {
      await app.call('PUT', `jobs/${body.data.id}`, { status: 'running', metrics: { loss } })
    }
  }
  return [
    ['/', '/'],
    ['/connections', '/connections'],
    [MACHINE, '/connections/:id'],
    [`${MACHINE}?range=1h`, '/connections/:id?range=1h'],
    [`${MACHINE}/terminal`, '/connections/:id/terminal'],
    ['/projects', '/projects'],
    [`/projects/${project.body.data.id}`, '/projects/:id'],
    ['/jobs', '/jobs'],
    [`/jobs/${jobs[0]}`, '/jobs/:id'],
    [`/jobs/compare?ids=${jobs.join(',')}`, '/jobs/compare'],
  ]
}

/** Live updates of one page: script from Chromium's own trace, and how late what they bring is. */
async function updates(
  browser: Browser,
  options: { origin: string; url: string; name?: string; seconds: number },
): Promise<UpdateResult> {
  const { origin, url, name = url, seconds } = options
  const { page, close } = await openPage(browser, origin + url)
  await whenDrawn(page, 'metrics')
  await page.waitForTimeout(2 * SAMPLE_EVERY_MS)
  // Delays first: tracing costs time of its own.
  await page.waitForTimeout(seconds * 1000)
  const delays = await delaysOf(page)
  await browser.startTracing(page, { categories: TRACED })
  await page.waitForTimeout(seconds * 1000)
  const trace = await browser.stopTracing()
  await close()
  return {
    page: name,
    ...scriptTime(trace, (seconds * 1000) / SAMPLE_EVERY_MS),
    sample_to_browser: percentiles(delays.map(({ arrived }) => arrived)),
    sample_to_pixels: percentiles(delays.map(({ drawn }) => drawn)),
  }
}
