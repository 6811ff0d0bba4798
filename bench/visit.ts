import path from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { percentiles } from './statistics'

/** What `watch-live.js` notes in a page. Times in ms since its navigation. */
type Notes = {
  interactiveAt: number | null
  drawnAt: Partial<Record<string, number>>
  delays: { arrived: number; drawn: number }[]
}
type Watched = { bench: Notes }

export type VisitResult = {
  page: string
  /** Scripts that the page asks for before its load event, as they are sent. */
  script_kb_gzip: number
  /** The same and what it asks for later, until nothing more comes: charts, the terminal. */
  with_lazy_script_kb_gzip: number
  first_paint_ms: number
  /** React has taken over the page. */
  interactive_ms: number
  /** The first live event is on the screen. */
  live_ms: number
}

/** A page in a browser that knows nothing yet, with `watch-live.js` in it. */
export async function openPage(
  browser: Browser,
  url: string,
): Promise<{ page: Page; close: () => Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addInitScript({ path: path.join(import.meta.dirname, 'watch-live.js') })
  const page = await context.newPage()
  await page.goto(url, { waitUntil: 'load' })
  return { page, close: () => context.close() }
}

/** When the first event of this type was on the screen, ms since the navigation. */
export async function whenDrawn(page: Page, type: 'connection' | 'metrics'): Promise<number> {
  const handle = await page.waitForFunction(
    (wanted) => (window as unknown as Watched).bench.drawnAt[wanted],
    type,
  )
  return Number(await handle.jsonValue())
}

/** From a sample's arrival at the server to the browser and to the screen, ms each. */
export function delaysOf(page: Page): Promise<Notes['delays']> {
  return page.evaluate(() => (window as unknown as Watched).bench.delays)
}

/** Medians of so many first visits; one visit more has warmed the server. */
export async function visit(
  browser: Browser,
  options: { origin: string; url: string; name?: string; rounds: number },
): Promise<VisitResult> {
  const { origin, url, name = url, rounds } = options
  const type = /^\/(connections\/[^/]+)?$/.test(url.replace(/\?.*/, '')) ? 'metrics' : 'connection'
  const visits = []
  for (let round = 0; round <= rounds; round += 1) {
    const { page, close } = await openPage(browser, origin + url)
    const live = await whenDrawn(page, type)
    await page.waitForLoadState('networkidle')
    const seen = await page.evaluate(() => {
      const [navigation] = performance.getEntriesByType('navigation')
      const loadedAt = (navigation as PerformanceNavigationTiming).loadEventEnd
      const scripts = performance
        .getEntriesByType('resource')
        .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
        .map((entry) => ({
          isFirst: entry.startTime <= loadedAt,
          kb: (entry as PerformanceResourceTiming).encodedBodySize / 1000,
        }))
      return {
        scripts,
        interactive: (window as unknown as Watched).bench.interactiveAt ?? Number.NaN,
        paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      }
    })
    await close()
    if (round > 0) visits.push({ ...seen, live })
  }
  const median = (values: number[]) => Math.round(percentiles(values).p50_ms)
  const kb = (scripts: { kb: number }[]) => scripts.reduce((sum, script) => sum + script.kb, 0)
  return {
    page: name,
    script_kb_gzip: median(
      visits.map(({ scripts }) => kb(scripts.filter(({ isFirst }) => isFirst))),
    ),
    with_lazy_script_kb_gzip: median(visits.map(({ scripts }) => kb(scripts))),
    first_paint_ms: median(visits.map(({ paint }) => paint)),
    interactive_ms: median(visits.map(({ interactive }) => interactive)),
    live_ms: median(visits.map(({ live }) => live)),
  }
}
