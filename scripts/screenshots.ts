/**
 * `npm run screenshots`: every page of the demo, in light and dark, wide and narrow.
 *
 *   npm run screenshots                     all of them, and those of docs/images anew
 *   npm run screenshots -- machine palette  only shots whose name contains one of these words
 *
 * With `SCREENSHOTS_OF=http://127.0.0.1:3939` they are of a demo that runs already.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { type App, startApp } from '@/e2e/app'
import { freePort } from '@/e2e/testbed/free-port'
import { CHROMIUM } from '@/playwright.config'

const root = path.resolve(import.meta.dirname, '..')
const ALL = path.join(root, '.cache', 'screenshots')
const BEST = path.join(root, 'docs', 'images')

const THEMES = ['light', 'dark'] as const
const HEIGHTS = { 1440: 900, 390: 844 } as const
/** Pictures of the documentation are sharp on good screens, and still small. */
const BEST_SCALE = 2
const BEST_QUALITY = 82
const BEST_MOST_BYTES = 250_000
/** Until every machine is connected and has been sampled. */
const WARM_UP_MS = 10_000
const API_KEY = 'screenshots-only'

type Shot = {
  name: string
  path: string
  /** What must be there before the picture is taken, and what is to be done first. */
  prepare?: (page: Page) => Promise<unknown>
  /** Asked for with the key of the app that wants one. */
  hasKey?: boolean
  /** Kept in docs/images: in one of the two sizes, of the window and not of the whole page. */
  best?: 1440 | 390
}

/** One machine of the demo drops out now and then. */
const allConnected = (page: Page) =>
  page
    .getByRole('article')
    .getByText('connected', { exact: true })
    .nth(2)
    .waitFor({ state: 'attached', timeout: 180_000 })
const charts = (page: Page) => page.locator('.u-over').first().waitFor()
const bars = (page: Page) => page.locator('.recharts-bar-rectangle').first().waitFor()
const preferences = (text: string) => (page: Page) =>
  page
    .context()
    .addCookies([
      { name: 'overview', value: encodeURIComponent(text), url: new URL(page.url()).origin },
    ])
const again = (prepare: (page: Page) => Promise<unknown>) => async (page: Page) => {
  await prepare(page)
  await page.reload({ waitUntil: 'load' })
}

const DEMO_SHOTS: Shot[] = [
  { name: 'overview', path: '/', prepare: allConnected, best: 1440 },
  { name: 'overview-table', path: '/', prepare: again(preferences('view=table')) },
  { name: 'machine-a100', path: '/connections/dgx-a100', prepare: charts, best: 1440 },
  { name: 'machine-a100-24h', path: '/connections/dgx-a100?range=24h', prepare: charts },
  { name: 'machine-a100-7d', path: '/connections/dgx-a100?range=7d', prepare: charts },
  { name: 'machine-spark', path: '/connections/spark-1', prepare: charts, best: 390 },
  { name: 'machine-h100', path: '/connections/h100-desk', prepare: charts },
  {
    name: 'machine-crosshair',
    path: '/connections/dgx-a100?range=24h',
    prepare: async (page) => {
      await charts(page)
      await page
        .locator('.u-over')
        .first()
        .hover({ position: { x: 90, y: 60 } })
    },
  },
  {
    name: 'terminal',
    path: '/connections/dgx-a100/terminal',
    prepare: async (page) => {
      await page.locator('.xterm-rows').getByText('$').first().waitFor()
      await page.locator('.xterm-screen').click()
      await page.keyboard.type('nvidia-smi')
      await page.keyboard.press('Enter')
      await page.getByText('Driver Version').first().waitFor()
    },
  },
  { name: 'machines', path: '/connections' },
  { name: 'machines-add', path: '/connections?add=1' },
  { name: 'projects', path: '/projects' },
  { name: 'project', path: '/projects/vit-large' },
  { name: 'jobs', path: '/jobs' },
  { name: 'job', path: `/jobs/${encodeURIComponent('vit-l-16 cosine')}`, best: 1440 },
  { name: 'job-failed', path: `/jobs/${encodeURIComponent('vit-l-16 batch 4096')}` },
  { name: 'job-waits', path: `/jobs/${encodeURIComponent('vit-l-16 export to ONNX')}` },
  { name: 'job-tracked', path: `/jobs/${encodeURIComponent('qwen3-32b calibration')}` },
  { name: 'job-new', path: '/jobs/new?project=vit-large' },
  { name: 'jobs-add', path: '/jobs?add=1' },
  { name: 'queue', path: '/queue', best: 1440 },
  {
    name: 'compare',
    path: '/jobs',
    prepare: async (page) => {
      for (const name of [/baseline/, /cosine$/]) {
        await page.getByRole('checkbox', { name }).check()
      }
      await page.getByRole('link', { name: /compare/i }).click()
      await page.waitForURL(/compare/)
    },
  },
  { name: 'report', path: '/report', prepare: bars },
  { name: 'report-24h', path: '/report?period=24h', prepare: bars },
  {
    name: 'audit',
    path: '/audit',
    prepare: (page) => page.locator('summary').first().click(),
  },
  { name: 'not-found', path: '/no/such/page' },
  { name: 'machine-not-found', path: '/connections/nobody' },
  {
    name: 'palette',
    path: '/',
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByPlaceholder(/Go to a machine/).waitFor()
    },
  },
  {
    name: 'shortcuts',
    path: '/',
    prepare: async (page) => {
      await page.keyboard.press('?')
      await page.getByRole('dialog').waitFor()
    },
  },
]

/** Of an app that asks for a key and knows no machine yet. */
const KEYED_SHOTS: Shot[] = [
  { name: 'login', path: '/login' },
  { name: 'empty-overview', path: '/', hasKey: true },
  { name: 'empty-machines', path: '/connections', hasKey: true },
  { name: 'empty-projects', path: '/projects', hasKey: true },
  { name: 'empty-jobs', path: '/jobs', hasKey: true },
]

const words = process.argv.slice(2)
const isWanted = ({ name }: Shot) => words.length === 0 || words.some((word) => name.includes(word))

mkdirSync(ALL, { recursive: true })
mkdirSync(BEST, { recursive: true })
const browser = await chromium.launch(CHROMIUM)
try {
  await takeOfDemo(DEMO_SHOTS.filter(isWanted))
  await takeOfKeyed(KEYED_SHOTS.filter(isWanted))
  console.log(`All are in ${path.relative(root, ALL)}, those of the documentation in docs/images.`)
} finally {
  await browser.close()
}

async function takeOfDemo(shots: readonly Shot[]) {
  if (shots.length === 0) return
  const running = process.env['SCREENSHOTS_OF']
  const demo = running ? { origin: running, stop: () => {} } : await startDemo()
  try {
    await takeAll(demo.origin, shots)
  } finally {
    await demo.stop()
  }
}

async function takeOfKeyed(shots: readonly Shot[]) {
  if (shots.length === 0) return
  const app = await startApp({ API_SERVER_KEY: API_KEY })
  try {
    await takeAll(app.origin, shots)
  } finally {
    await app.stop()
    app.remove()
  }
}

/** The demo on a port and with data of its own, when its machines have been sampled for a while. */
async function startDemo(): Promise<Pick<App, 'origin' | 'stop'>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dgx-screenshots-'))
  const port = await freePort()
  const child = spawn(process.execPath, ['scripts/start.mjs', '--demo'], {
    cwd: root,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('is ready:')) resolve()
    })
    void exited.then((code) => reject(new Error(`the demo ended with ${code}:\n${said}`)))
  })
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS))
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await exited
      rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

async function takeAll(origin: string, shots: readonly Shot[]) {
  for (const shot of shots) {
    for (const theme of THEMES) {
      for (const [width, height] of Object.entries(HEIGHTS)) {
        const isBest = shot.best === Number(width)
        const context = await browser.newContext({
          baseURL: origin,
          viewport: { width: Number(width), height },
          deviceScaleFactor: isBest ? BEST_SCALE : 1,
          colorScheme: theme,
          reducedMotion: 'reduce',
          isMobile: Number(width) < 500,
          hasTouch: Number(width) < 500,
          ...(shot.hasKey ? { extraHTTPHeaders: { 'X-API-Key': API_KEY } } : {}),
        })
        const page = await context.newPage()
        const name = `${shot.name}-${theme}-${width}`
        try {
          await page.goto(shot.path, { waitUntil: 'load' })
          await page.evaluate(() => document.fonts.ready)
          await shot.prepare?.(page)
          // A moment for the first live sample and for what comes after the page.
          await page.waitForTimeout(2_500)
          if (isBest) await takeBest(page, path.join(BEST, `${shot.name}-${theme}.webp`))
          await seeAll(page)
          await page.screenshot({ path: path.join(ALL, `${name}.png`), fullPage: true })
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          console.log(name, wide > Number(width) ? `is ${wide} px wide: it scrolls sideways` : '')
        } catch (error) {
          // The others are still worth having.
          process.exitCode = 1
          console.error(name, error)
        } finally {
          await context.close()
        }
      }
    }
  }
}

/** Charts are drawn when they come into sight; then back to the top. */
async function seeAll(page: Page) {
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
      scrollTo(0, y)
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
    scrollTo(0, 0)
    await new Promise((resolve) => setTimeout(resolve, 80))
  })
}

/** As WebP, which Playwright does not write but Chromium does. */
async function takeBest(page: Page, file: string) {
  const chromium = await page.context().newCDPSession(page)
  const { data } = await chromium.send('Page.captureScreenshot', {
    format: 'webp',
    quality: BEST_QUALITY,
  })
  await writeFile(file, Buffer.from(data, 'base64'))
  const { size } = statSync(file)
  if (size > BEST_MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than it should`)
}
