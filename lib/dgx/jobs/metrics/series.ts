import { setImmediate } from 'node:timers/promises'
import { database } from '../../../db/client'
import { runtime } from '../../runtime'
import { type JobSeries, type Mark, type MetricSeries, toJson } from './answers'
import type { Column, Columns } from './columns'
import { decimate } from './decimate'
import { findJobId } from './records'
import type { JobSeriesQuery } from './schema'

/** Of a job with more, those are given that are asked for by name. */
const MOST_UNASKED = 50

/**
 * A job's metrics for charts, each with few enough points to be drawn (see `decimate`). A name that
 * the job has no metric under is left out.
 * @throws DgxError job_not_found, ambiguous_name
 */
export async function getJobSeries(options: { id: string } & JobSeriesQuery): Promise<JobSeries> {
  const columns = await runtime().jobSeries.read(database(), await findJobId(options.id))
  return seriesOf(columns, options)
}

/** What `getJobSeries` answers, of points that are read. */
export async function seriesOf(columns: Columns, query: JobSeriesQuery): Promise<JobSeries> {
  const { points, x, from_step = -Infinity, to_step = Infinity, attempt } = query
  const steps = columns.steps()
  const xs = x === 'time' ? columns.times : steps.at
  const keys = [...columns.metrics.keys()]
  const series: [string, MetricSeries][] = []
  const wanted = steps.at.map(
    (step, row) =>
      step >= from_step &&
      step <= to_step &&
      (attempt === undefined || columns.attempts[row] === attempt),
  )
  const isAll = wanted.every(Boolean)
  for (const key of query.keys ?? keys.slice(0, MOST_UNASKED)) {
    const column = columns.metrics.get(key)
    const chosen = column && choose(column, wanted, isAll)
    if (!chosen || chosen.rows.length === 0) continue
    series.push([key, oneSeries(chosen, xs, points)])
    await setImmediate()
  }
  return {
    x: x === 'time' ? 'time' : steps.name,
    keys,
    attempts: [...new Set(columns.attempts)].filter((value) => value !== null),
    series: Object.fromEntries(series),
  }
}

/** What came while this is being made is in none of the answer. */
function choose(column: Column, wanted: readonly boolean[], isAll: boolean): Column {
  const { rows, values } = column
  if (isAll && (rows.at(-1) ?? 0) < wanted.length) return column
  const chosen: Column = { rows: [], values: [] }
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[i] as number
    if (!wanted[row]) continue
    chosen.rows.push(row)
    chosen.values.push(values[i] as number)
  }
  return chosen
}

function oneSeries({ rows, values }: Column, xs: readonly number[], most: number): MetricSeries {
  const at = rows.length === xs.length ? xs : rows.map((row) => xs[row] as number)
  const mark = (i: number): Mark => ({ x: at[i] as number, value: toJson(values[i] as number) })
  let min = -1
  let max = -1
  let nonFinite = 0
  let isOrdered = true
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number
    if (i > 0 && (at[i] as number) < (at[i - 1] as number)) isOrdered = false
    if (!Number.isFinite(value)) {
      nonFinite += 1
      continue
    }
    if (min < 0 || value < (values[min] as number)) min = i
    if (max < 0 || value > (values[max] as number)) max = i
  }
  const order = isOrdered ? null : byX(at)
  return {
    points: order
      ? decimate(
          order.map((i) => at[i] as number),
          order.map((i) => values[i] as number),
          most,
        )
      : decimate(at, values, most),
    count: values.length,
    non_finite: nonFinite,
    first: mark(0),
    last: mark(values.length - 1),
    best_min: min < 0 ? null : mark(min),
    best_max: max < 0 ? null : mark(max),
  }
}

/** Steps may go back, as after a retry; of the same x the one that came first is first. */
function byX(at: readonly number[]): number[] {
  return at.map((_, i) => i).sort((a, b) => (at[a] as number) - (at[b] as number) || a - b)
}
