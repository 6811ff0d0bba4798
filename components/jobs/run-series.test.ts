import { describe, expect, it } from 'vitest'
import { flattenRun, metricNames, pointsOf, stepKeyOf } from './run-series'

const run = (
  metrics: Record<string, unknown>[],
  started_at: string | null = null,
  steps: (number | null)[] = [],
) =>
  flattenRun({
    id: 'r',
    name: 'r',
    started_at,
    samples: metrics.map((values, i) => ({
      update: 2 * i + 1,
      step: steps[i] ?? null,
      recorded_at: new Date(10_000 + 1000 * i).toISOString(),
      metrics: values,
    })),
  })

describe('the axis of steps', () => {
  it('is the metric that counts up in every run', () => {
    const a = run([
      { step: 10, epoch: 1, loss: 2 },
      { step: 20, epoch: 2, loss: 1 },
    ])
    const b = run([
      { epoch: 1, loss: 2 },
      { epoch: 2, loss: 1 },
    ])
    expect(stepKeyOf([a])).toBe('step')
    expect(stepKeyOf([a, b])).toBe('epoch')
    expect(pointsOf(a, { metric: 'loss', axis: 'step', stepKey: 'step' })).toEqual([
      { x: 10, y: 2 },
      { x: 20, y: 1 },
    ])
  })

  it('is the step that the run said, also where it went back or is said only at times', () => {
    const said = run([{ loss: 3 }, { val: 9 }, { loss: 2 }, { loss: 'NaN' }], null, [20, null, 10])
    expect(stepKeyOf([said])).toBe('step')
    expect(pointsOf(said, { metric: 'loss', axis: 'step', stepKey: 'step' })).toEqual([
      { x: 10, y: 2 },
      { x: 20, y: 3 },
    ])
    expect(pointsOf(said, { metric: 'val', axis: 'step', stepKey: 'step' })).toEqual([
      { x: 20, y: 9 },
    ])
    expect(stepKeyOf([said, run([{ loss: 1 }])])).toBeNull()
  })

  it('is the number of the update where the count stands still or is taken up again', () => {
    const stands = run([
      { epoch: 1, loss: 3 },
      { epoch: 1, loss: 2 },
    ])
    expect(stepKeyOf([stands])).toBeNull()
    expect(stepKeyOf([run([{ step: 20 }, { step: 10 }])])).toBeNull()
    expect(stepKeyOf([run([])])).toBeNull()
    expect(pointsOf(stands, { metric: 'loss', axis: 'step', stepKey: null })).toEqual([
      { x: 1, y: 3 },
      { x: 3, y: 2 },
    ])
  })
})

it('charts what only counts after all else', () => {
  expect(metricNames([run([{ epoch: 1, loss: 1, acc: 2 }])])).toEqual(['loss', 'acc', 'epoch'])
})

describe('points', () => {
  it('leave out updates that did not send the metric, and values that are no numbers', () => {
    const some = run([{ loss: 1, note: 'a' }, { val: { loss: 3 } }, { loss: null }, { loss: 0 }])
    expect(metricNames([some])).toEqual(['loss', 'val.loss'])
    expect(pointsOf(some, { metric: 'loss', axis: 'clock', stepKey: null })).toEqual([
      { x: 10_000, y: 1 },
      { x: 13_000, y: 0 },
    ])
  })

  it('stand at the seconds since the start, or since the first metrics where none is known', () => {
    const options = { metric: 'loss', axis: 'elapsed', stepKey: null } as const
    const started = run([{ loss: 1 }, { loss: 2 }], new Date(4000).toISOString())
    expect(pointsOf(started, options).map(({ x }) => x)).toEqual([6, 7])
    expect(pointsOf(run([{ loss: 1 }, { loss: 2 }]), options).map(({ x }) => x)).toEqual([0, 1])
  })
})
