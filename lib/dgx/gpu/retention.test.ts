import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { addMachine, DAY, HOUR, insertAll, MINUTE } from './history.fixtures'
import { Retention, removeMetrics } from './retention'
import { RollUp } from './rollup'

const NOW = Date.UTC(2026, 4, 20, 12)
const KEPT = { rawHours: 24, minuteDays: 2, quarterDays: 4 }

describe('Retention', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let gpuIds: number[]
  beforeEach(async () => {
    database = await createTestDatabase()
    gpuIds = await addMachine(database.client, 'lab', 2, NOW)
  })
  afterEach(() => database.close())

  const onError = (error: unknown) => {
    throw error
  }
  const pruneAt = (now: number) =>
    new Retention({ database: database.client, retention: KEPT, now: () => now, onError }).run()
  const rollUpAt = (now: number) =>
    new RollUp({ database: database.client, now: () => now, onError }).run()

  /** One sample of each GPU every 5 minutes. */
  const fill = (from: number, to: number) => {
    const rows = gpuIds.flatMap((gpuId) =>
      Array.from({ length: (to - from) / (5 * MINUTE) }, (_, i) => ({
        gpuId,
        at: from + i * 5 * MINUTE,
        gpu_utilization: i % 100,
        memory_used_mb: 1,
        memory_total_mb: 2,
        temperature_c: 3,
        power_watts: 4,
      })),
    )
    return insertAll(database.client, rows)
  }

  async function oldest() {
    const raw = await database.client.metric.aggregate({ _min: { recorded_at: true } })
    const tiers = await database.client.metricRollup.groupBy({
      by: ['bucket_s'],
      _min: { bucket_start: true },
      orderBy: { bucket_s: 'asc' },
    })
    return [raw._min.recorded_at, ...tiers.map(({ _min }) => _min.bucket_start)].map((time) =>
      time === null ? null : NOW - time.getTime(),
    )
  }

  it('keeps each tier for its own time, to the last sample', async () => {
    await fill(NOW - 6 * DAY, NOW)
    await rollUpAt(NOW)
    await pruneAt(NOW)
    expect(await oldest()).toEqual([24 * HOUR, 2 * DAY, 4 * DAY, 4 * DAY])
    await pruneAt(NOW + 1)
    expect(await oldest()).toEqual([
      24 * HOUR - 5 * MINUTE,
      2 * DAY - 5 * MINUTE,
      4 * DAY - 15 * MINUTE,
      4 * DAY - 3 * HOUR,
    ])
  })

  it('leaves alone what is not rolled up, however old, and takes it after', async () => {
    await fill(NOW - 6 * DAY, NOW - 5 * DAY)
    const count = await database.client.metric.count()
    await pruneAt(NOW)
    expect(await database.client.metric.count()).toBe(count)
    await rollUpAt(NOW)
    await pruneAt(NOW)
    expect(await database.client.metric.count()).toBe(0)
  })

  it('keeps the year when a coarse tier is set to less than a fine one', async () => {
    await fill(NOW - 3 * DAY, NOW)
    await rollUpAt(NOW)
    const retention = { rawHours: 168, minuteDays: 1, quarterDays: 1 }
    await new Retention({ database: database.client, retention, now: () => NOW, onError }).run()
    expect(await oldest()).toEqual([3 * DAY, 3 * DAY, 3 * DAY, 3 * DAY])
  })

  it('removes all of one connection and nothing of another', async () => {
    const [other] = await addMachine(database.client, 'other', 1, NOW)
    await fill(NOW - 5 * DAY, NOW)
    gpuIds = [other ?? 0]
    await fill(NOW - DAY, NOW)
    await rollUpAt(NOW)
    await removeMetrics({ database: database.client, connectionId: 'lab' })
    const left = await database.client.metric.groupBy({ by: ['gpu_id'], _count: true })
    expect(left).toEqual([{ gpu_id: other, _count: 288 }])
    const buckets = await database.client.metricRollup.groupBy({ by: ['gpu_id'] })
    expect(buckets).toEqual([{ gpu_id: other }])
    await database.client.connection.delete({ where: { id: 'lab' } })
    expect(await database.client.gpu.count()).toBe(1)
  })
})
