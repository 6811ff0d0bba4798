/** Making the tiers of averages from the samples. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import {
  AGGREGATES,
  columns,
  type Database,
  RAW_AGGREGATES,
  ROLLED_UP_COLUMNS,
  rolledUpTo,
  samplesOf,
  seconds,
  whole,
} from './samples.sql'
import { ROLLUP_TIERS, type RollupTier } from './tiers'

const ids = z.array(z.object({ id: whole }))

/** The ids of all GPUs, the oldest first. */
export async function selectGpuIds(database: Database, connectionId?: string): Promise<number[]> {
  const answer = await database.$queryRaw`
    SELECT id FROM dgx_gpus
    WHERE ${connectionId === undefined ? Prisma.sql`true` : Prisma.sql`connection_id = ${connectionId}`}
    ORDER BY id`
  return ids.parse(answer).map(({ id }) => id)
}

const firstStart = z.tuple([z.object({ start: whole.nullable() })])

/** The first time (ms) that a tier has not rolled up, over some GPUs; null when there is none. */
export async function selectFirstToRollUp(
  database: Database,
  options: { tier: RollupTier; below: RollupTier | null; gpuIds: readonly number[] },
): Promise<number | null> {
  const { tier, below, gpuIds } = options
  const answer = await database.$queryRaw`
    SELECT min((SELECT min(s.start) FROM ${samplesOf(below)} AS s
                WHERE s.gpu_id = g.value
                  AND s.start >= ${rolledUpTo(tier, Prisma.sql`g.value`)})) AS start
    FROM json_each(${JSON.stringify(gpuIds)}) AS g`
  return firstStart.parse(answer)[0].start
}

/**
 * Makes the buckets of some GPUs from what is not rolled up yet and lies before `until` (ms, a
 * multiple of the bucket's length). Done twice it gives the same. Gives the number of buckets.
 */
export function rollUp(
  database: Database,
  options: {
    tier: RollupTier
    below: RollupTier | null
    gpuIds: readonly number[]
    until: number
  },
) {
  const { tier, below, gpuIds, until } = options
  const length = Prisma.sql`CAST(${tier.bucketMs} AS INTEGER)`
  return database.$executeRaw`
    INSERT OR REPLACE INTO dgx_metric_rollups
      (gpu_id, bucket_s, bucket_start, ${ROLLED_UP_COLUMNS})
    SELECT s.gpu_id, ${seconds(tier)}, s.start / ${length} * ${length} AS bucket,
           sum(s.sample_count), ${columns(below === null ? RAW_AGGREGATES : AGGREGATES)}
    FROM json_each(${JSON.stringify(gpuIds)}) AS g
    CROSS JOIN ${samplesOf(below)} AS s
      ON s.gpu_id = g.value AND s.start >= ${rolledUpTo(tier, Prisma.sql`g.value`)}
      AND s.start < ${until}
    GROUP BY s.gpu_id, bucket`
}

const ALL_TIERS = Prisma.join(ROLLUP_TIERS.map((tier) => Prisma.sql`(${seconds(tier)})`))

/**
 * Deletes the buckets of all tiers that end after a time (ms), given for each GPU, so that they
 * are rolled up again.
 */
export function deleteRollupsAfter(
  database: Database,
  ends: ReadonlyArray<{ gpuId: number; at: number }>,
) {
  const rows = ends.map(({ gpuId, at }) => [gpuId, at])
  return database.$executeRaw`
    WITH tier (bucket_s) AS (VALUES ${ALL_TIERS})
    DELETE FROM dgx_metric_rollups WHERE (gpu_id, bucket_s, bucket_start) IN (
      SELECT r.gpu_id, r.bucket_s, r.bucket_start
      FROM json_each(${JSON.stringify(rows)}) AS e CROSS JOIN tier
      CROSS JOIN dgx_metric_rollups AS r
        ON r.gpu_id = e.value ->> 0 AND r.bucket_s = tier.bucket_s
        AND r.bucket_start > (e.value ->> 1) - tier.bucket_s * 1000)`
}
