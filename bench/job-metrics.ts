import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate } from 'node:timers/promises'
import { createTestDatabase } from '@/lib/db/test-database'
import { appendPoints } from '@/lib/dgx/jobs/metrics/records'
import { jobSeriesQuery } from '@/lib/dgx/jobs/metrics/schema'
import { seriesOf } from '@/lib/dgx/jobs/metrics/series'
import { SeriesCache } from '@/lib/dgx/jobs/metrics/series-cache'
import { percentiles, time } from './statistics'

const POINTS = 100_000
const METRICS = 10
const AT_ONCE = 1000

/** A run of 100,000 points of 10 metrics: written by the thousand, read for a chart of all of them. */
export async function benchJobMetrics(options: { rounds: number }) {
  const { client: database, close } = await createTestDatabase()
  try {
    const now = new Date()
    const times = { created_at: now, updated_at: now }
    await database.job.create({ data: { id: 'j', name: 'j', config: {}, metrics: {}, ...times } })
    const write = await measure(POINTS / AT_ONCE, (batch) =>
      database.$transaction((tx) =>
        appendPoints(tx, { job_id: 'j', attempt: 1, points: pointsFrom(batch * AT_ONCE), now }),
      ),
    )
    const chart = async (cache: SeriesCache, more: object = {}) =>
      JSON.stringify(
        await seriesOf(await cache.read(database, 'j'), jobSeriesQuery.parse({ ...more })),
      )
    const cache = new SeriesCache()
    await chart(cache)
    return {
      'write 1,000 points of 10': write,
      'chart, first time': await measure(Math.ceil(options.rounds / 4), () =>
        chart(new SeriesCache()),
      ),
      chart: await measure(options.rounds, () => chart(cache)),
      'chart, 2,000 points each': await measure(options.rounds, () =>
        chart(cache, { points: 2000 }),
      ),
      'chart of a tenth': await measure(options.rounds, () =>
        chart(cache, { from_step: 40_000, to_step: 50_000 }),
      ),
    }
  } finally {
    await close()
  }
}

/** Times in ms, and the longest that the event loop was held meanwhile. */
async function measure(rounds: number, run: (round: number) => Promise<unknown>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const times: number[] = []
  delay.enable()
  for (let round = 0; round < rounds; round += 1) {
    times.push(await time(() => run(round)))
    await setImmediate()
  }
  delay.disable()
  return { ...percentiles(times), loop_max_ms: Number((delay.max / 1e6).toFixed(1)) }
}

function pointsFrom(first: number) {
  return Array.from({ length: AT_ONCE }, (_, i) => {
    const step = first + i
    const metrics = Array.from({ length: METRICS }, (_, k): [string, number] => [
      `metric_${k}`,
      Math.exp(-step / 20_000) + ((step * (k + 7)) % 101) / 1000,
    ])
    return { step, at: null, log_id: null, metrics: Object.fromEntries(metrics) }
  })
}
