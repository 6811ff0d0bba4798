import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { getHistory, type HistoryOptions } from './history'
import {
  addMachine,
  averagesOf,
  DAY,
  HOUR,
  insertAll,
  MINUTE,
  RETENTION,
  randomSamples,
  seededRandom,
  VALUE_NAMES,
} from './history.fixtures'
import { RollUp } from './rollup'
import type { SampleRow } from './store.sql'

/** Not at any bucket's edge. */
const NOW = Date.UTC(2026, 7, 9, 15, 42, 17, 250)

describe('getHistory', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let gpuIds: number[]
  async function openDatabase() {
    database = await createTestDatabase()
    gpuIds = await addMachine(database.client, 'lab', 2, NOW)
  }

  const history = (options: Partial<HistoryOptions> = {}) =>
    getHistory({
      database: database.client,
      connectionId: 'lab',
      points: 300,
      retention: RETENTION,
      now: new Date(NOW),
      ...options,
    })

  const rollUpAt = (now: number) =>
    new RollUp({
      database: database.client,
      now: () => now,
      onError: (error) => {
        throw error
      },
    }).run()

  const sample = (at: number, gpu_utilization: number, gpuId = gpuIds[0] ?? 0): SampleRow => ({
    gpuId,
    at,
    gpu_utilization,
    memory_used_mb: null,
    memory_total_mb: 81_920,
    temperature_c: null,
    power_watts: null,
  })

  /** Every row against the plain average of the raw samples in its bucket, and none missing. */
  function expectAverages(answer: Awaited<ReturnType<typeof history>>, samples: SampleRow[]) {
    const { rows, meta } = answer
    const bucketMs = meta.bucket_s * 1000
    const first = Date.parse(rows[0]?.recorded_at ?? '')
    const start = Math.max(Date.parse(meta.from), Math.min(...samples.map(({ at }) => at)))
    expect(first).toBeGreaterThan(start - bucketMs)
    expect(first).toBeLessThan(start + bucketMs)
    const expected = averagesOf(
      samples.filter(({ at }) => at >= first && at < Date.parse(meta.to)),
      bucketMs,
      first,
    )
    const keys = rows.map((row) => `${gpuIds[row.gpu_index ?? -1]} ${Date.parse(row.recorded_at)}`)
    expect(keys.toSorted()).toEqual([...expected.keys()].toSorted())
    for (const [i, row] of rows.entries()) {
      const bucket = expected.get(keys[i] ?? '')
      for (const name of VALUE_NAMES) {
        for (const column of [name, `${name}_min`, `${name}_max`] as const) {
          const value = bucket?.values[column] ?? null
          if (value === null) expect(row[column]).toBeNull()
          else expect(Math.abs((row[column] ?? Number.NaN) - value)).toBeLessThanOrEqual(0.000_51)
        }
      }
    }
  }

  describe('with three days of samples of which the last 40 minutes are not rolled up', () => {
    let samples: SampleRow[]
    beforeAll(async () => {
      await openDatabase()
      const random = seededRandom(42)
      const recently = NOW - 2 * HOUR
      samples = gpuIds.flatMap((gpuId) => [
        ...randomSamples({ gpuId, from: NOW - 3 * DAY, to: recently, everyMs: 60_000, random }),
        // No gaps at the end, so that it can be seen there.
        ...randomSamples({ gpuId, from: recently, to: NOW, everyMs: 5_000, random, gapChance: 0 }),
      ])
      await insertAll(database.client, samples)
      await rollUpAt(NOW - 40 * MINUTE)
    })
    afterAll(() => database.close())

    it.each([
      { hours: 1, tier: 'raw', bucket_s: 12 },
      { hours: 24, tier: 'raw', bucket_s: 288 },
      { hours: 24, tier: '1m', bucket_s: 300, retention: { ...RETENTION, rawHours: 1 } },
      {
        hours: 24,
        points: 2000,
        tier: '1m',
        bucket_s: 60,
        retention: { ...RETENTION, rawHours: 1 },
      },
      { hours: 70, tier: '15m', bucket_s: 900, retention: { ...RETENTION, minuteDays: 1 } },
      { hours: 8760, tier: '3h', bucket_s: 108_000 },
      { hours: 8760, points: 2000, tier: '3h', bucket_s: 21_600 },
    ])(
      'averages $hours h from the tier $tier in buckets of $bucket_s s, up to now',
      async ({ tier, bucket_s, ...options }) => {
        const answer = await history(options)
        expect(answer.meta).toMatchObject({ tier, bucket_s })
        expectAverages(answer, samples)
        const last = answer.rows.at(-1)
        expect(Date.parse(last?.recorded_at ?? '')).toBeGreaterThan(
          NOW - Math.max(bucket_s * 1000, 10 * MINUTE),
        )
      },
    )

    it('gives the same for a range of long ago from any tier', async () => {
      const range = { from: new Date(NOW - 20 * HOUR), to: new Date(NOW - 14 * HOUR), points: 2 }
      const raw = await history(range)
      const minutes = await history({ ...range, retention: { ...RETENTION, rawHours: 1 } })
      expect([raw.meta.tier, minutes.meta.tier]).toEqual(['raw', '1m'])
      expectAverages(minutes, samples)
    })

    it('is ordered by time, then by GPU', async () => {
      const { rows } = await history({ hours: 24 })
      const keys = rows.map((row) => `${row.recorded_at} ${row.gpu_index}`)
      expect(new Set(rows.map((row) => row.gpu_index))).toEqual(new Set([0, 1]))
      expect(keys).toEqual(keys.toSorted())
    })

    it.each([1, 7, 300, 2000])('gives at most %i points for each GPU', async (points) => {
      for (const hours of [0.5, 24, 71.3]) {
        const { rows } = await history({ hours, points })
        const ofFirst = rows.filter((row) => row.gpu_index === 0)
        expect(ofFirst.length).toBeLessThanOrEqual(points)
        expect(ofFirst.length).toBeGreaterThan(0)
      }
    })
  })

  describe('with a few samples', () => {
    beforeEach(openDatabase)
    afterEach(() => database.close())

    it('gives one GPU by its index or its uuid', async () => {
      await insertAll(
        database.client,
        gpuIds.map((gpuId, i) => sample(NOW - HOUR, 10 + i, gpuId)),
      )
      const ofIndex = await history({ gpu: 1 })
      expect(ofIndex.rows.map((row) => row.gpu_utilization)).toEqual([11])
      expect((await history({ gpu: 'GPU-lab-1' })).rows).toEqual(ofIndex.rows)
      expect((await history({ gpu: 9 })).rows).toEqual([])
    })

    it('knows nothing of other machines', async () => {
      const others = await addMachine(database.client, 'other', 1, NOW)
      await insertAll(database.client, [sample(NOW - HOUR, 10, others[0])])
      expect((await history()).rows).toEqual([])
      expect((await history({ connectionId: 'other' })).rows).toHaveLength(1)
    })

    it('leaves gaps as gaps', async () => {
      await insertAll(database.client, [sample(NOW - 50 * MINUTE, 1), sample(NOW - 10 * MINUTE, 2)])
      const { rows } = await history({ hours: 1 })
      expect(rows.map((row) => row.gpu_utilization)).toEqual([1, 2])
    })

    it('has every field of the contract, unknown ones as null', async () => {
      const at = Math.floor((NOW - HOUR) / 1000) * 1000
      await insertAll(database.client, [
        { ...sample(at + 100, 20.25), power_watts: 99.99 },
        { ...sample(at + 200, 40.5), power_watts: 100.02 },
      ])
      const { rows, meta } = await history({ from: new Date(at), to: new Date(at + 1000) })
      expect(rows).toEqual([
        {
          gpu_index: 0,
          gpu_uuid: 'GPU-lab-0',
          gpu_utilization: 30.375,
          gpu_utilization_min: 20.25,
          gpu_utilization_max: 40.5,
          memory_used_mb: null,
          memory_used_mb_min: null,
          memory_used_mb_max: null,
          memory_total_mb: 81_920,
          temperature_c: null,
          temperature_c_min: null,
          temperature_c_max: null,
          power_watts: 100.005,
          power_watts_min: 99.99,
          power_watts_max: 100.02,
          recorded_at: new Date(at).toISOString(),
        },
      ])
      expect(meta).toEqual({
        bucket_s: 1,
        tier: 'raw',
        from: new Date(at).toISOString(),
        to: new Date(at + 1000).toISOString(),
        points: 300,
      })
    })
  })
})
