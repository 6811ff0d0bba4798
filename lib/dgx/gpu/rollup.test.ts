import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import {
  addMachine,
  averagesOf,
  HOUR,
  insertAll,
  MINUTE,
  randomSamples,
  seededRandom,
  VALUE_NAMES,
} from './history.fixtures'
import { RollUp } from './rollup'
import { ROLLUP_DELAY_MS, ROLLUP_TIERS } from './tiers'

const START = Date.UTC(2026, 2, 1, 10, 7, 13)
const END = START + 30 * HOUR

describe('RollUp', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let gpuIds: number[]
  beforeEach(async () => {
    database = await createTestDatabase()
    gpuIds = await addMachine(database.client, 'lab', 3, END)
  })
  afterEach(() => database.close())

  const rollUpAt = (now: number, signal?: AbortSignal) =>
    new RollUp({
      database: database.client,
      now: () => now,
      onError: (error) => {
        throw error
      },
    }).run(signal)

  const buckets = () =>
    database.client.metricRollup.findMany({
      orderBy: [{ bucket_s: 'asc' }, { gpu_id: 'asc' }, { bucket_start: 'asc' }],
    })

  function samples(seed: number, from = START, to = END) {
    const random = seededRandom(seed)
    return gpuIds.flatMap((gpuId) => randomSamples({ gpuId, from, to, everyMs: 20_000, random }))
  }

  async function expectAveragesOf(rows: ReturnType<typeof samples>, now: number) {
    const stored = await buckets()
    for (const { bucketMs } of ROLLUP_TIERS) {
      const end = Math.floor((now - ROLLUP_DELAY_MS) / bucketMs) * bucketMs
      const expected = averagesOf(
        rows.filter(({ at }) => at < end),
        bucketMs,
      )
      const tier = stored.filter(({ bucket_s }) => bucket_s * 1000 === bucketMs)
      expect(tier.length).toBeGreaterThan(3)
      expect(tier.map((row) => `${row.gpu_id} ${row.bucket_start.getTime()}`).sort()).toEqual(
        [...expected.keys()].sort(),
      )
      for (const row of tier) {
        const bucket = expected.get(`${row.gpu_id} ${row.bucket_start.getTime()}`)
        expect(row.sample_count).toBe(bucket?.sample_count)
        expect(row.sampled_minutes).toBe(bucket?.sampled_minutes)
        for (const name of VALUE_NAMES) {
          const average = bucket?.values[name] ?? null
          if (average === null) expect(row[name]).toBeNull()
          else expect(row[name]).toBeCloseTo(average, 6)
          expect(row[`${name}_min`]).toBe(bucket?.values[`${name}_min`])
          expect(row[`${name}_max`]).toBe(bucket?.values[`${name}_max`])
        }
      }
    }
  }

  it.each([1, 2, 3])('averages every complete bucket of all tiers (seed %i)', async (seed) => {
    const rows = samples(seed)
    await insertAll(database.client, rows)
    await rollUpAt(END)
    await expectAveragesOf(rows, END)
  })

  it('gives the same when it runs minute by minute, as it does in life', async () => {
    const rows = samples(4, START, START + 4 * HOUR)
    for (let now = START; now <= START + 4 * HOUR; now += MINUTE) {
      await insertAll(
        database.client,
        rows.filter(({ at }) => at >= now - MINUTE && at < now),
      )
      await rollUpAt(now)
    }
    const end = START + 4 * HOUR
    const stored = await buckets()
    await database.client.metricRollup.deleteMany()
    await rollUpAt(end)
    expect(stored.length).toBeGreaterThan(300)
    expect(stored).toEqual(await buckets())
  })

  it('changes nothing when it runs again', async () => {
    await insertAll(database.client, samples(5))
    await rollUpAt(END)
    const first = await buckets()
    await rollUpAt(END)
    await rollUpAt(END + MINUTE)
    expect((await buckets()).slice(0, 100)).toEqual(first.slice(0, 100))
    expect(
      (await buckets()).filter(({ bucket_start }) => bucket_start < new Date(END - HOUR)),
    ).toEqual(first.filter(({ bucket_start }) => bucket_start < new Date(END - HOUR)))
  })

  it('goes on where it was ended in the middle', async () => {
    const rows = samples(6)
    await insertAll(database.client, rows)
    const ending = new AbortController()
    const run = rollUpAt(END, ending.signal)
    while ((await database.client.metricRollup.count()) < 50) await setImmediate()
    ending.abort()
    await run
    const done = await database.client.metricRollup.count()
    await rollUpAt(END)
    expect(await database.client.metricRollup.count()).toBeGreaterThan(done * 2)
    await expectAveragesOf(rows, END)
  })

  it('catches up after hours in which the program did not run', async () => {
    const before = samples(7, START, START + 2 * HOUR)
    await insertAll(database.client, before)
    await rollUpAt(START + 2 * HOUR)
    const after = samples(8, START + 20 * HOUR, END)
    await insertAll(database.client, after)
    await rollUpAt(END)
    await expectAveragesOf([...before, ...after], END)
  })

  it('waits until a bucket is over', async () => {
    const minute = Math.ceil(START / MINUTE) * MINUTE
    await insertAll(database.client, samples(9, minute, minute + MINUTE))
    await rollUpAt(minute + MINUTE + ROLLUP_DELAY_MS - 1)
    expect(await buckets()).toEqual([])
    await rollUpAt(minute + MINUTE + ROLLUP_DELAY_MS)
    expect(await buckets()).toHaveLength(gpuIds.length)
  })

  it('makes buckets again that a clock set back has cut off', async () => {
    const rows = samples(10, START, START + 2 * HOUR)
    await insertAll(database.client, rows)
    // The clock ran an hour fast and was corrected; these two hours are then lived again.
    await rollUpAt(START + 2 * HOUR)
    await rollUpAt(START + HOUR)
    const again = samples(11, START + HOUR, START + 2 * HOUR)
    await insertAll(database.client, again)
    await rollUpAt(START + 12 * HOUR)
    const expected = averagesOf([...rows, ...again], MINUTE)
    const minutes = (await buckets()).filter(({ bucket_s }) => bucket_s === 60)
    expect(minutes.map(({ sample_count }) => sample_count).reduce((a, b) => a + b)).toBe(
      rows.length + again.length,
    )
    expect(minutes).toHaveLength(expected.size)
  })
})
