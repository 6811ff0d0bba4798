import type { JobSeries, MetricSeries } from '@/lib/dgx/jobs/metrics/answers'

/** One job's metrics as its charts need them: over its steps, and over the clock. */
export type Run = {
  id: string
  name: string
  started_at: string | null
  byStep: JobSeries
  byTime: JobSeries
}

/** What a chart is drawn over: the steps of training, the clock, or the time since the start. */
export type Axis = 'step' | 'clock' | 'elapsed'

/** Metrics that count steps. */
const COUNTERS = new Set(['step', 'global_step', 'trainer.global_step', 'iteration', 'iter'])

/** What the steps of these runs count, where it is the same for all; else just `step`. */
export function stepNameOf(runs: readonly Run[]): string {
  const names = new Set(runs.filter(hasPoints).map(({ byStep }) => byStep.x))
  const [name] = names
  return names.size === 1 && name ? name : 'step'
}

const hasPoints = ({ byStep }: Run) => byStep.keys.length > 0

/**
 * The metrics of any of the runs in the order in which they were first sent; what only counts comes
 * last, and what is the axis anyway not at all.
 */
export function metricNames(runs: readonly Run[]): string[] {
  const step = stepNameOf(runs)
  const names = new Set(runs.flatMap(({ byStep }) => Object.keys(byStep.series)))
  const rank = (name: string) => Number(COUNTERS.has(name) || name === 'epoch')
  return [...names].filter((name) => name !== step).sort((a, b) => rank(a) - rank(b))
}

/** How many metrics of the runs are not among those that are drawn. */
export function leftOut(runs: readonly Run[]): number {
  const drawn = new Set(runs.flatMap(({ byStep }) => Object.keys(byStep.series)))
  return new Set(runs.flatMap(({ byStep }) => byStep.keys.filter((key) => !drawn.has(key)))).size
}

/** Whether points stand for several values each. */
export function hasRanges(runs: readonly Run[]): boolean {
  return runs.some(({ byStep }) =>
    Object.values(byStep.series).some(({ points }) => points.some(({ length }) => length === 4)),
  )
}

/**
 * One metric of one run over an axis, ordered by it; what is not finite is left out. A point that
 * stands for several has their range.
 */
export function pointsOf(
  run: Run,
  { metric, axis }: { metric: string; axis: Axis },
): { x: number; y: number; range?: [number, number] }[] {
  const series = (axis === 'step' ? run.byStep : run.byTime).series[metric]
  if (!series) return []
  const start = axis === 'elapsed' ? startOf(run) : 0
  const scale = axis === 'elapsed' ? 1000 : 1
  return series.points.flatMap(([x, y, least, greatest]) => {
    if (typeof y !== 'number') return []
    const point = { x: (x - start) / scale, y }
    return least === undefined || greatest === undefined
      ? [point]
      : [{ ...point, range: [least, greatest] as [number, number] }]
  })
}

/** A job that was never set to running starts with its first metrics; ms since 1970. */
function startOf({ started_at, byTime }: Run): number {
  if (started_at) return Date.parse(started_at)
  const firsts = Object.values(byTime.series).flatMap(({ points }) => points[0]?.[0] ?? [])
  return firsts.length > 0 ? Math.min(...firsts) : 0
}

/** The newest value of each metric. */
export function lastValues({ byStep }: Run): Record<string, MetricSeries['last']['value']> {
  return Object.fromEntries(
    Object.entries(byStep.series).map(([name, { last }]) => [name, last.value]),
  )
}
