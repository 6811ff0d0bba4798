import { describe, expect, it } from 'vitest'
import type { JobSeries, SeriesPoint } from '@/lib/dgx/jobs/metrics/answers'
import {
  hasRanges,
  lastValues,
  leftOut,
  metricNames,
  pointsOf,
  type Run,
  stepNameOf,
} from './run-series'

function series(x: JobSeries['x'], metrics: Record<string, SeriesPoint[]>): JobSeries {
  const one = (points: SeriesPoint[]) => {
    const marks = points.map(([at, value]) => ({ x: at, value }))
    const first = marks[0] ?? { x: 0, value: 0 }
    const last = marks.at(-1) ?? first
    return {
      points,
      count: points.length,
      non_finite: 0,
      first,
      last,
      best_min: null,
      best_max: null,
    }
  }
  return {
    x,
    keys: Object.keys(metrics),
    attempts: [],
    series: Object.fromEntries(
      Object.entries(metrics).map(([name, points]) => [name, one(points)]),
    ),
  }
}

const run = (
  metrics: Record<string, SeriesPoint[]>,
  { x = 'step', started_at = null }: { x?: JobSeries['x']; started_at?: string | null } = {},
): Run => ({
  ...{ id: 'r', name: 'r', started_at },
  byStep: series(x, metrics),
  byTime: series(
    'time',
    Object.fromEntries(
      Object.entries(metrics).map(([name, points]) => [
        name,
        points.map(([at, ...rest]) => [1_000 * at + 10_000, ...rest] as SeriesPoint),
      ]),
    ),
  ),
})

describe('pointsOf', () => {
  const own = run({
    loss: [
      [1, 4],
      [2, 'NaN'],
      [3, 2, 1, 3],
    ],
  })

  it('gives the means over the steps with their ranges, without what is not finite', () => {
    expect(pointsOf(own, { metric: 'loss', axis: 'step' })).toEqual([
      { x: 1, y: 4 },
      { x: 3, y: 2, range: [1, 3] },
    ])
    expect(pointsOf(own, { metric: 'accuracy', axis: 'step' })).toEqual([])
  })

  it('says whether there are ranges at all', () => {
    expect(hasRanges([run({ loss: [[1, 4]] }), own])).toBe(true)
    expect(hasRanges([run({ loss: [[1, 4]] })])).toBe(false)
  })

  it('gives the clock, or the seconds since the start', () => {
    expect(pointsOf(own, { metric: 'loss', axis: 'clock' })[0]).toEqual({ x: 11_000, y: 4 })
    expect(pointsOf(own, { metric: 'loss', axis: 'elapsed' })[1]).toEqual({
      x: 2,
      y: 2,
      range: [1, 3],
    })
    const started = run({ loss: [[1, 4]] }, { started_at: '1970-01-01T00:00:01Z' })
    expect(pointsOf(started, { metric: 'loss', axis: 'elapsed' })[0]).toEqual({ x: 10, y: 4 })
  })
})

describe('the names', () => {
  it('come as they were sent, counters last, without the axis', () => {
    const runs = [run({ step: [[1, 1]], epoch: [[1, 0]], loss: [[1, 2]] }), run({ lr: [[1, 1]] })]
    expect(metricNames(runs)).toEqual(['loss', 'lr', 'epoch'])
  })

  it('say what the steps count, where that is one thing', () => {
    expect(stepNameOf([run({ loss: [[1, 1]] }, { x: 'epoch' }), run({})])).toBe('epoch')
    expect(stepNameOf([run({ a: [[1, 1]] }, { x: 'update' }), run({ a: [[1, 1]] })])).toBe('step')
  })
})

it('tells the newest values, and how many metrics are not drawn', () => {
  const some = run({
    loss: [
      [1, 4],
      [2, 'NaN'],
    ],
  })
  expect(lastValues(some)).toEqual({ loss: 'NaN' })
  expect(leftOut([{ ...some, byStep: { ...some.byStep, keys: ['loss', 'x', 'y'] } }])).toBe(2)
})
