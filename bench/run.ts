/** `npm run bench [-- --quick] [--only exec|jobs|job-metrics|sampling|history|report|logs|memory|browser]`: see docs/performance.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import path from 'node:path'
import { benchBrowser } from './browser'
import { benchEndedRuns } from './ended-runs'
import { benchExec } from './exec'
import { benchHistory } from './history'
import { benchJobMetrics } from './job-metrics'
import { benchJobs } from './jobs'
import { benchLogs } from './logs'
import { benchMemory } from './memory'
import { benchReport } from './report'
import { benchSampling, type SamplingResult } from './sampling'

const isQuick = process.argv.includes('--quick')
const only = process.argv[process.argv.indexOf('--only') + 1]
const isWanted = (name: string) => !process.argv.includes('--only') || only === name
const results: Record<string, unknown> = {
  node: process.version,
  cpus: cpus().length,
  quick: isQuick,
  at: new Date().toISOString(),
}

if (isWanted('exec')) {
  const exec = await benchExec({ rounds: isQuick ? 10 : 40 })
  results.exec = exec
  const http = exec.latency.HTTP?.p50_ms ?? 0
  console.log('\nexec `true`, warm')
  console.table(
    Object.fromEntries(
      Object.entries(exec.latency).map(([name, times]) => [
        name,
        { ...times, 'HTTP / this': (http / times.p50_ms).toFixed(2) },
      ]),
    ),
  )
  console.log('commands a second, by callers')
  console.table(exec.throughput_per_s)
  console.log(`200 at once: ${exec.burst_200.succeeded} succeeded in ${exec.burst_200.ms} ms`)
}
if (isWanted('jobs')) {
  results.jobs = await benchJobs({ rounds: isQuick ? 10 : 40 })
  results.ended_runs = await benchEndedRuns()
  console.log('\njobs, on loopback')
  console.table(results.jobs)
  console.log('runs that have ended while nobody looked')
  console.table(results.ended_runs)
}
if (isWanted('sampling')) {
  const sampling: SamplingResult[] = []
  for (const hosts of [1, 10, 100])
    sampling.push(await benchSampling({ hosts, seconds: isQuick ? 10 : 30 }))
  results.sampling = sampling
  console.log('\nsampling machines with 8 GPUs at 1 Hz')
  console.table(
    sampling.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(3))]),
      ),
    ),
  )
}
if (isWanted('history')) {
  results.history = await benchHistory({ rounds: isQuick ? 10 : 40 })
  console.log('\nhistory of 8 GPUs')
  console.table(results.history)
}
if (isWanted('report')) {
  results.report = await benchReport({ rounds: isQuick ? 2 : 6 })
  console.log('\nreport of 32 GPUs and 4,000 runs')
  console.table(results.report)
}
if (isWanted('job-metrics')) {
  results.job_metrics = await benchJobMetrics({ rounds: isQuick ? 10 : 40 })
  console.log('\na run of 100,000 points of 10 metrics')
  console.table(results.job_metrics)
}
if (isWanted('logs')) {
  const logs = await benchLogs({ rounds: isQuick ? 20 : 100 })
  results.logs = logs
  console.log('\nlogs of runs')
  console.table({
    'line to its follower': logs.follower_lag,
    'tail of 10 KiB': logs.tail_of_10_kib,
    'tail of 1 GiB': logs.tail_of_1_gib,
  })
  console.log(
    `the app: ${logs.app_mib.before} MiB before the reads, ${logs.app_mib.after} MiB after; download ${logs.download_mib_per_s} MiB/s`,
  )
}
if (isWanted('memory')) {
  results.memory = await benchMemory({ seconds: isQuick ? 15 : 60 })
  console.log('\nmemory')
  console.table(results.memory)
}
if (isWanted('browser')) {
  const browser = await benchBrowser({ rounds: isQuick ? 2 : 5, seconds: isQuick ? 10 : 30 })
  results.browser = browser
  console.log('\nfirst visits')
  console.table(browser.visits)
  console.log('live updates: one machine with 8 GPUs, and 40 of them on the overview')
  for (const { sample_to_browser, sample_to_pixels, ...update } of browser.updates) {
    console.table(update)
    console.table({ sample_to_browser, sample_to_pixels })
  }
}
const file = path.join(import.meta.dirname, '../.cache/bench.json')
mkdirSync(path.dirname(file), { recursive: true })
writeFileSync(file, JSON.stringify(results, null, 2))
console.log(`\nWritten to ${path.relative(process.cwd(), file)}`)
