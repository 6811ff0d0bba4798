import type { PrismaClient } from '@/lib/db/generated/client'
import { createTestDatabase } from '@/lib/db/test-database'
import { getHistory } from '@/lib/dgx/gpu/history'
import { percentiles, type Times, time } from './statistics'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const GPUS = 8
const RETENTION = { rawHours: 24, minuteDays: 30, quarterDays: 366 }

export const RANGES = [
  { name: '1 h', hours: 1 },
  { name: '6 h', hours: 6 },
  { name: '24 h', hours: 24 },
  { name: '7 d', hours: 168 },
  { name: '30 d', hours: 720 },
  { name: '1 y', hours: 8_760 },
] as const

export type HistoryResult = Times & { range: string; tier: string; rows: number; points: number }

/** Queries on a full database: a day raw at 2 s, 30 days of minutes, a year of the coarser tiers. */
export async function benchHistory(options: { rounds: number }): Promise<HistoryResult[]> {
  const { client: database, close } = await createTestDatabase()
  try {
    const now = new Date()
    await database.connection.create({
      data: { id: 'c', name: 'c', hostname: 'h', username: 'u', created_at: now, updated_at: now },
    })
    for (let i = 0; i < GPUS; i += 1) {
      const gpu = await database.gpu.create({
        data: { connection_id: 'c', uuid: `GPU-${i}`, gpu_index: i, last_seen_at: now },
      })
      await fillRaw(gpu.id, now.getTime())
      for (const [bucket_s, days] of [
        [60, 30],
        [900, 365],
        [10_800, 365],
      ] as const)
        await fillTier(database, { gpuId: gpu.id, bucketS: bucket_s, days, now: now.getTime() })
    }
    const results: HistoryResult[] = []
    for (const points of [300, 2_000]) {
      for (const { name, hours } of RANGES) {
        const query = () =>
          getHistory({
            database,
            connectionId: 'c',
            hours,
            points,
            retention: RETENTION,
            now: new Date(),
          })
        const first = await query()
        const times: number[] = []
        for (let i = 0; i < options.rounds; i += 1) times.push(await time(query))
        results.push({
          range: name,
          points,
          tier: first.meta.tier,
          rows: first.rows.length,
          ...percentiles(times),
        })
      }
    }
    return results
  } finally {
    await close()
  }

  /** `generate_series` is not built in everywhere; a recursive query is. */
  async function fillRaw(gpuId: number, now: number) {
    await database.$executeRaw`
      WITH RECURSIVE t(at) AS (SELECT ${now - DAY_MS} UNION ALL SELECT at + 2000 FROM t WHERE at + 2000 <= ${now})
      INSERT INTO dgx_metrics (connection_id, gpu_id, recorded_at, gpu_utilization, memory_used_mb, memory_total_mb, temperature_c, power_watts)
      SELECT 'c', ${gpuId}, at, at % 97, at % 80000, 81920, 30 + at % 40, 60 + at % 330 FROM t`
  }
}

/** Buckets of a tier for so many days, up to now. */
export async function fillTier(
  database: PrismaClient,
  options: { gpuId: number; bucketS: number; days: number; now: number },
) {
  const { gpuId, bucketS, days, now } = options
  const step = bucketS * 1000
  const end = Math.floor(now / step) * step - step
  await database.$executeRaw`
      WITH RECURSIVE t(at) AS (SELECT ${end - days * DAY_MS} - ${end - days * DAY_MS} % ${step} UNION ALL SELECT at + ${step} FROM t WHERE at + ${step} <= ${end})
      INSERT INTO dgx_metric_rollups
        (gpu_id, bucket_s, bucket_start, sample_count, sampled_minutes, gpu_utilization, gpu_utilization_min, gpu_utilization_max,
         memory_used_mb, memory_used_mb_min, memory_used_mb_max, memory_total_mb,
         temperature_c, temperature_c_min, temperature_c_max, power_watts, power_watts_min, power_watts_max)
      SELECT ${gpuId}, ${bucketS}, at, ${bucketS / 2}, ${bucketS / 60}, 50, 1, 99, 40000, 1000, 80000, 81920, 50, 30, 70, 200, 60, 390 FROM t`
}
