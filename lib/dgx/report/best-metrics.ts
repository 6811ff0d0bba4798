import { setImmediate } from 'node:timers/promises'
import { betterOf, headlineOf } from '../../metric-sense'
import type { Database } from '../gpu/samples.sql'
import type { BestMetric } from './answers'
import { type Extreme, selectExtremes } from './runs.sql'

const MOST_METRICS = 6
/** A job may have 2,000 metrics. */
const JOBS_PER_STEP = 200

/** The best value of each metric of some jobs, those that say most first; at most six. */
export async function bestMetrics(
  database: Database,
  jobIds: readonly string[],
): Promise<BestMetric[]> {
  const best = new Map<string, BestMetric>()
  for (let i = 0; i < jobIds.length; i += JOBS_PER_STEP) {
    for (const extreme of await selectExtremes(database, jobIds.slice(i, i + JOBS_PER_STEP))) {
      takeBetter(best, extreme)
    }
    await setImmediate()
  }
  const names = [...best.keys()].sort()
  const headline = headlineOf(names)
  return names
    .toSorted((a, b) => Number(b === headline) - Number(a === headline))
    .slice(0, MOST_METRICS)
    .flatMap((name) => best.get(name) ?? [])
}

function takeBetter(best: Map<string, BestMetric>, { side, ...extreme }: Extreme): void {
  const { name, value, step, job_id, job_name } = extreme
  const better = betterOf(name)
  if (value === null || !better || (side === 'min') !== (better === 'lower')) return
  const before = best.get(name)
  const isBetter = !before || (better === 'lower' ? value < before.value : value > before.value)
  if (isBetter) best.set(name, { name, better, value, step, job_id, job_name })
}
