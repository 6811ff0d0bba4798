import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeDatabase, database } from '../../../db/client'
import { createTestDatabase } from '../../../db/test-database'
import { NOBODY } from '../../caller'
import { addJobMetrics, createJob, getJob, updateJob } from '../records'
import { jobInput } from '../schema'
import type { MetricPoint } from './points'
import { appendPoints, listJobMetrics } from './records'
import { jobSeriesQuery } from './schema'
import { getJobSeries } from './series'
import { SeriesCache } from './series-cache'
import { MOST_KEYS } from './summary'

describe('metrics of a run', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  const urlBefore = process.env.DATABASE_URL

  beforeAll(async () => {
    test = await createTestDatabase()
    process.env.DATABASE_URL = test.url
    await closeDatabase()
    const times = { created_at: new Date(1), updated_at: new Date(1) }
    await database().project.create({ data: { id: 'p', name: 'p', config: {}, ...times } })
  })
  afterAll(async () => {
    await closeDatabase()
    if (urlBefore === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = urlBefore
    await test.close()
  })

  const newJob = async (metrics: Record<string, unknown> = {}) =>
    (await createJob(jobInput.parse({ project_id: 'p', name: 'j', metrics }), { caller: NOBODY }))
      .id
  const point = (
    step: number | null,
    metrics: Record<string, number>,
    more: Partial<MetricPoint> = {},
  ): MetricPoint => ({ step, at: null, log_id: null, ...more, metrics })
  const series = (id: string, query: Record<string, unknown> = {}) =>
    getJobSeries({ id, ...jobSeriesQuery.parse(query) })

  it('come in and go out with what is not finite, and the job has the newest of each', async () => {
    const id = await newJob()
    const at = new Date(1_764_000_000_000)
    expect(
      await addJobMetrics({
        id,
        points: [
          point(1, { loss: 3, acc: 0.1 }, { at }),
          point(2, { loss: Number.NaN }),
          point(3, { loss: -Infinity, 'val/loss': 1e-9 }),
        ],
      }),
    ).toEqual({ added: 3, duplicates: 0, dropped: 0 })
    const job = await getJob({ id })
    expect(job.metrics).toEqual({ loss: '-Infinity', acc: 0.1, 'val/loss': 1e-9 })
    expect(job.metric_count).toBe(3)
    expect(job.metrics_summary).toMatchObject({
      loss: { count: 3, non_finite: 2, last: '-Infinity', min: 3, max: 3, min_step: 1 },
      'val/loss': { count: 1, non_finite: 0, last: 1e-9, min: 1e-9, max_step: 3 },
    })
    const points = await listJobMetrics({ id, limit: 2 })
    expect(points).toMatchObject([
      { step: 2, metrics: { loss: 'NaN' } },
      { step: 3, metrics: { loss: '-Infinity', 'val/loss': 1e-9 } },
    ])
    expect((await listJobMetrics({ id, limit: 3 }))[0]?.recorded_at).toBe(at.toISOString())
    const answer = await series(id)
    expect(answer).toMatchObject({ x: 'step', keys: ['loss', 'acc', 'val/loss'], attempts: [] })
    expect(answer.series['loss']).toEqual({
      points: [
        [1, 3],
        [2, 'NaN'],
        [3, '-Infinity'],
      ],
      count: 3,
      non_finite: 2,
      first: { x: 1, value: 3 },
      last: { x: 3, value: '-Infinity' },
      best_min: { x: 1, value: 3 },
      best_max: { x: 1, value: 3 },
    })
    expect((await series(id, { x: 'time' })).series['acc']?.points).toEqual([[at.getTime(), 0.1]])
  })

  it('are there once, however often they are sent under the same log_id', async () => {
    const id = await newJob()
    const points = [point(1, { loss: 1 }, { log_id: 'a' }), point(2, { loss: 2 }, { log_id: 'b' })]
    await addJobMetrics({ id, points })
    expect(
      await addJobMetrics({
        id,
        points: [
          ...points,
          point(3, { loss: 9 }, { log_id: 'c' }),
          point(3, { loss: 8 }, { log_id: 'c' }),
        ],
      }),
    ).toEqual({ added: 1, duplicates: 3, dropped: 0 })
    expect((await series(id)).series['loss']?.points).toEqual([
      [1, 1],
      [2, 2],
      [3, 9],
    ])
    expect((await getJob({ id })).metrics).toEqual({ loss: 9 })
    const other = await newJob()
    expect(await addJobMetrics({ id: other, points })).toMatchObject({ added: 2 })
  })

  it('vanish with the transaction that wrote them', async () => {
    const id = await newJob()
    const points = [point(1, { loss: 1 })]
    await expect(
      database().$transaction(async (tx) => {
        await appendPoints(tx, { job_id: id, attempt: 1, points, now: new Date() })
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await getJob({ id })).toMatchObject({ metrics: {}, metric_count: 0 })
    expect((await series(id)).keys).toEqual([])
  })

  it('of a job that is gone are dropped', async () => {
    const gone = { job_id: 'gone', attempt: null, points: [point(1, { a: 1 })], now: new Date() }
    expect(await database().$transaction((tx) => appendPoints(tx, gone))).toEqual({
      added: 0,
      duplicates: 0,
      dropped: 1,
    })
  })

  it('stand at their step, also after it went back; an attempt can be seen alone', async () => {
    const id = await newJob()
    const append = (attempt: number, points: MetricPoint[]) =>
      database().$transaction((tx) =>
        appendPoints(tx, { job_id: id, attempt, points, now: new Date() }),
      )
    await append(1, [point(10, { loss: 5 }), point(20, { loss: 4 }), point(30, { loss: 9 })])
    // Steps of the second attempt begin at its checkpoint; an evaluation says no step.
    await append(2, [point(20, { loss: 3 }), point(null, { val: 7 }), point(40, { loss: 2 })])
    const all = await series(id)
    expect(all.attempts).toEqual([1, 2])
    expect(all.series['loss']?.points).toEqual([
      [10, 5],
      [20, 4],
      [20, 3],
      [30, 9],
      [40, 2],
    ])
    expect(all.series['loss']).toMatchObject({ first: { x: 10 }, last: { x: 40, value: 2 } })
    expect(all.series['val']?.points).toEqual([[20, 7]])
    const one = await series(id, { attempt: 1, from_step: 15, keys: 'loss,nothing' })
    expect(one.series).toMatchObject({ loss: { count: 2, best_min: { x: 20, value: 4 } } })
    expect(Object.keys(one.series)).toEqual(['loss'])
    expect((await series(id, { attempt: 2, to_step: 20 })).series['loss']?.count).toBe(1)
  })

  it('that PUT replaces are points too, with all that was sent', async () => {
    const id = await newJob({ epoch: 1, loss: 3, note: 'first' })
    await updateJob({ id, caller: NOBODY, changes: { metrics: { epoch: 2, val: { loss: 2 } } } })
    await updateJob({ id, caller: NOBODY, changes: { metrics: { epoch: 3, loss: 1 } } })
    const job = await getJob({ id })
    expect(job.metrics).toEqual({ epoch: 3, loss: 1 })
    expect(job).toMatchObject({ metric_count: 3, metrics_summary: { loss: { max: 3, last: 1 } } })
    expect((await listJobMetrics({ id, limit: 9 }))[0]?.metrics).toEqual({
      epoch: 1,
      loss: 3,
      note: 'first',
    })
    const answer = await series(id)
    expect(answer.x).toBe('epoch')
    expect(answer.series['loss']?.points).toEqual([
      [1, 3],
      [3, 1],
    ])
    expect(answer.series['val.loss']?.points).toEqual([[2, 2]])
    await updateJob({ id, caller: NOBODY, changes: { metrics: { step: 100, loss: 0.5 } } })
    const stepped = await series(id)
    expect(stepped.x).toBe('step')
    expect(stepped.series['loss']?.points.at(-1)).toEqual([100, 0.5])
    expect(stepped.keys).not.toContain('step')
  })

  it('without step and epoch stand at their number', async () => {
    const id = await newJob()
    await addJobMetrics({ id, points: [5, 6, 7].map((value) => point(null, { a: value })) })
    const answer = await series(id)
    expect(answer.x).toBe('update')
    expect(answer.series['a']?.points).toEqual([
      [1, 5],
      [2, 6],
      [3, 7],
    ])
  })

  it('with ever new names stop at a limit', async () => {
    const id = await newJob()
    const points = Array.from({ length: MOST_KEYS + 5 }, (_, i) => point(i, { [`m${i}`]: i }))
    expect(await addJobMetrics({ id, points })).toEqual({
      added: MOST_KEYS,
      duplicates: 0,
      dropped: 5,
    })
    expect(await addJobMetrics({ id, points: [point(1, { m1: 1, other: 1 })] })).toMatchObject({
      added: 1,
    })
    expect((await series(id, { keys: 'm1,other' })).series).toMatchObject({ m1: { count: 2 } })
  })

  it('are many: decimated, complete, and the same after a restart', async () => {
    const id = await newJob()
    for (let i = 0; i < 5; i += 1)
      await addJobMetrics({
        id,
        points: Array.from({ length: 1000 }, (_, k) => {
          const step = 1000 * i + k
          return point(step, { loss: step === 1234 ? 99 : 1 / (step + 1), lr: 0.1 })
        }),
      })
    const answer = await series(id, { points: 100 })
    expect(answer.series['loss']).toMatchObject({ count: 5000, best_max: { x: 1234, value: 99 } })
    expect(answer.series['loss']?.points).toHaveLength(100)
    await addJobMetrics({ id, points: [point(5000, { loss: 7 })] })
    expect((await series(id, { points: 100 })).series['loss']?.last).toEqual({ x: 5000, value: 7 })
    const small = new SeriesCache({ mostSize: 1 })
    expect((await small.read(database(), id)).rowCount).toBe(5001)
    const [one, two] = await Promise.all([small.read(database(), id), small.read(database(), id)])
    expect([one.rowCount, two.rowCount]).toEqual([5001, 5001])
  })
})
