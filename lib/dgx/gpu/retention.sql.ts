/** Deleting samples and buckets, some at a time. */
import { Prisma } from '../../db/generated/client'
import { type Database, rolledUpTo, seconds } from './samples.sql'
import type { RollupTier } from './tiers'

/**
 * Deletes at most `limit` samples of some GPUs that are older than `before` (ms) and already
 * rolled up. Gives the number deleted.
 */
export function deleteOldSamples(
  database: Database,
  options: { above: RollupTier; gpuIds: readonly number[]; before: number; limit: number },
) {
  const { above, gpuIds, before, limit } = options
  return database.$executeRaw`
    DELETE FROM dgx_metrics WHERE id IN (
      SELECT s.id FROM json_each(${JSON.stringify(gpuIds)}) AS g
      CROSS JOIN dgx_metrics AS s
        ON s.gpu_id = g.value
        AND s.recorded_at < min(${before}, ${rolledUpTo(above, Prisma.sql`g.value`)})
      LIMIT ${limit})`
}

/** The same for the buckets of a tier; those of the last tier (`above: null`) go by age alone. */
export function deleteOldRollups(
  database: Database,
  options: {
    tier: RollupTier
    above: RollupTier | null
    gpuIds: readonly number[]
    before: number
    limit: number
  },
) {
  const { tier, above, gpuIds, before, limit } = options
  const end =
    above === null
      ? Prisma.sql`${before}`
      : Prisma.sql`min(${before}, ${rolledUpTo(above, Prisma.sql`g.value`)})`
  return database.$executeRaw`
    DELETE FROM dgx_metric_rollups WHERE (gpu_id, bucket_s, bucket_start) IN (
      SELECT s.gpu_id, s.bucket_s, s.bucket_start
      FROM json_each(${JSON.stringify(gpuIds)}) AS g
      CROSS JOIN dgx_metric_rollups AS s
        ON s.gpu_id = g.value AND s.bucket_s = ${seconds(tier)} AND s.bucket_start < ${end}
      LIMIT ${limit})`
}

/** Deletes at most `limit` samples of one GPU, whatever their age. Gives the number deleted. */
export function deleteSamplesOfGpu(database: Database, gpuId: number, limit: number) {
  return database.$executeRaw`
    DELETE FROM dgx_metrics WHERE id IN (
      SELECT id FROM dgx_metrics WHERE gpu_id = ${gpuId} LIMIT ${limit})`
}

/** Deletes at most `limit` buckets of one GPU, of any tier. Gives the number deleted. */
export function deleteRollupsOfGpu(database: Database, gpuId: number, limit: number) {
  return database.$executeRaw`
    DELETE FROM dgx_metric_rollups WHERE (gpu_id, bucket_s, bucket_start) IN (
      SELECT gpu_id, bucket_s, bucket_start FROM dgx_metric_rollups
      WHERE gpu_id = ${gpuId} LIMIT ${limit})`
}
