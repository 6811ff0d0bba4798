import { describe, expect, it } from 'vitest'
import { jobMetricsInput, jobSeriesQuery, metricPattern } from './schema'

const problems = (body: unknown) =>
  jobMetricsInput
    .safeParse(body)
    .error?.issues.map(({ path, message }) => [path.join('.'), message])

describe('what a run sends', () => {
  it('is one point or many, with numbers in objects and numbers that are not finite', () => {
    const point = { step: null, at: null, log_id: null }
    expect(jobMetricsInput.parse({ metrics: { loss: 1, val: { acc: 0.5, f1: 'nan' } } })).toEqual([
      { ...point, metrics: { loss: 1, 'val.acc': 0.5, 'val.f1': Number.NaN } },
    ])
    expect(
      jobMetricsInput.parse({
        points: [
          { step: 2, time: 1_764_000_000.5, metrics: { a: 'Infinity' } },
          { step: -1.5, time: '2026-01-01T00:00:00Z', log_id: 'x', metrics: { a: '-Infinity' } },
        ],
      }),
    ).toEqual([
      { ...point, step: 2, at: new Date(1_764_000_000_500), metrics: { a: Infinity } },
      {
        step: -1.5,
        at: new Date('2026-01-01T00:00:00Z'),
        log_id: 'x',
        metrics: { a: -Infinity },
      },
    ])
  })

  it('is refused with the place of what is wrong', () => {
    const many = (count: number) => ({ points: new Array(count).fill({ metrics: { a: 1 } }) })
    expect(problems(many(1000))).toBeUndefined()
    expect(problems(many(1001))).toEqual([['points', 'are more than 1000; send them in parts']])
    expect(problems({ points: [] })).toEqual([['points', 'is empty']])
    expect(problems({ points: [{ metrics: { a: 1 } }, { metrics: { a: null } }] })).toEqual([
      ['points.1.metrics.a', 'must be a number, or "NaN", "Infinity", "-Infinity"'],
    ])
    expect(problems({ metrics: { a: 'high' } })).toEqual([
      ['metrics.a', 'must be a number, or "NaN", "Infinity", "-Infinity"'],
    ])
    expect(problems({ metrics: {} })).toEqual([['metrics', 'has no number']])
    expect(problems({ metrics: { ['k'.repeat(251)]: 1 } })).toHaveLength(1)
    expect(problems({ time: Date.now(), metrics: { a: 1 } })).toEqual([
      ['time', 'must be a time like 2026-03-01T08:00:00Z, or seconds since 1970'],
    ])
    expect(problems({ loss: 1 })?.length).toBeGreaterThan(0)
    expect(problems(7)).toHaveLength(1)
  })
})

it('a chart is asked for by names, steps and points', () => {
  expect(jobSeriesQuery.parse({})).toEqual({ points: 300, x: 'step' })
  expect(jobSeriesQuery.parse({ keys: 'a,b', from_step: '-5', points: '2000' })).toMatchObject({
    keys: ['a', 'b'],
    from_step: -5,
  })
  for (const query of [{ points: '5' }, { points: '2001' }, { x: 'epoch' }, { to_step: 'x' }])
    expect(jobSeriesQuery.safeParse(query).success).toBe(false)
})

it('a pattern is refused when it is none, or names no metric', () => {
  const problem = (source: string) => metricPattern.safeParse(source).error?.issues[0]?.message
  expect(problem(String.raw`it (?<step>\d+) L=(?<loss>\S+)`)).toBeUndefined()
  expect(problem('(')).toContain('is no regular expression: ')
  expect(problem('loss=(.+)')).toContain('needs a named group')
})
