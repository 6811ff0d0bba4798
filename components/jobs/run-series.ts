import type { MetricSample } from '@/lib/dgx/jobs/metric-samples'
import { flatten } from './flatten'

/** One job's metrics as its charts need them. */
export type Run = { id: string; name: string; started_at: string | null; samples: MetricSample[] }

/** What a chart is drawn over: the steps of training, the clock, or the time since the start. */
export type Axis = 'step' | 'clock' | 'elapsed'

/** Metrics that count steps, the finest first. */
const STEP_KEYS = ['step', 'global_step', 'trainer.global_step', 'iteration', 'iter', 'epoch']

/** The metrics of a run with one level of keys, next to their times. */
type FlatRun = {
  start: number
  /** `step` is null in all of a run that never said one. */
  samples: { update: number; step: number | null; at: number; metrics: Record<string, unknown> }[]
}

/** Flattens once what every chart of the page reads. */
export function flattenRun({ started_at, samples }: Run): FlatRun {
  // What says no step (an evaluation) is at that of the update before it.
  let last = samples.some(({ step }) => step !== null) ? 0 : null
  const flat = samples.map(({ update, step, recorded_at, metrics }) => {
    last = step ?? last
    return { update, step: last, at: Date.parse(recorded_at), metrics: flatten(metrics) }
  })
  // A job that was never set to running starts with its first metrics.
  return { start: started_at ? Date.parse(started_at) : (flat[0]?.at ?? 0), samples: flat }
}

/**
 * What counts the steps of all these runs: `step` where they said it, or the metric that is more
 * with each update; null where there is none, and then the number of the update counts.
 */
export function stepKeyOf(runs: readonly FlatRun[]): string | null {
  const counts = (key: string) =>
    runs.every(({ samples }) =>
      samples.every(({ metrics }, i) => {
        const value = metrics[key]
        const before = samples[i - 1]?.metrics[key]
        return typeof value === 'number' && (typeof before !== 'number' || value > before)
      }),
    )
  const hasSamples = runs.some(({ samples }) => samples.length > 0)
  if (hasSamples && runs.every(({ samples }) => samples.every(({ step }) => step !== null)))
    return 'step'
  return hasSamples ? (STEP_KEYS.find(counts) ?? null) : null
}

/**
 * The numbers among the metrics of any of the runs, in the order in which they were first sent;
 * what only counts comes last.
 */
export function metricNames(runs: readonly FlatRun[]): string[] {
  const names = new Set<string>()
  for (const { samples } of runs)
    for (const { metrics } of samples)
      for (const [name, value] of Object.entries(metrics))
        if (typeof value === 'number') names.add(name)
  const isCounter = (name: string) => Number(STEP_KEYS.includes(name))
  return [...names].sort((a, b) => isCounter(a) - isCounter(b))
}

/**
 * One metric of one run over an axis, ordered by it; updates that did not send it, and values that
 * are not finite, are left out.
 */
export function pointsOf(
  run: FlatRun,
  options: { metric: string; axis: Axis; stepKey: string | null },
): { x: number; y: number }[] {
  const { metric, axis, stepKey } = options
  const points = run.samples.flatMap(({ update, step, at, metrics }) => {
    const y = metrics[metric]
    if (typeof y !== 'number') return []
    if (axis === 'clock') return [{ x: at, y }]
    if (axis === 'elapsed') return [{ x: (at - run.start) / 1000, y }]
    if (stepKey === null) return [{ x: update, y }]
    return [{ x: stepKey === 'step' && step !== null ? step : Number(metrics[stepKey]), y }]
  })
  return points.sort((a, b) => a.x - b.x)
}
