/**
 * What the statements on samples share. Times are integer milliseconds since 1970. Numbers reach
 * SQLite as reals, so what is divided is cast to an integer first.
 */
import { z } from 'zod'
import { Prisma, type PrismaClient } from '../../db/generated/client'
import type { RollupTier } from './tiers'

export type Database = Pick<PrismaClient, '$queryRaw' | '$executeRaw' | '$transaction'>

/** Whole numbers come back as bigint from expressions and as number from columns. */
export const whole = z.union([z.number().int(), z.bigint()]).transform(Number)

/** The values that are averaged; each has its least and greatest beside it. */
const AVERAGED = ['gpu_utilization', 'memory_used_mb', 'temperature_c', 'power_watts'] as const

/** The values of a bucket: each average with its extremes, then the total memory. */
export const VALUES = [
  ...AVERAGED.flatMap((name) => [name, `${name}_min`, `${name}_max`]),
  'memory_total_mb',
]

export const columns = (list: readonly string[]) => Prisma.raw(list.join(', '))

/** `sample_count` and VALUES of rolled-up rows. */
export const ROLLED_UP_COLUMNS = columns(['sample_count', ...VALUES])

/** The same of raw samples, each of them a bucket of one. */
const RAW_COLUMNS = columns([
  '1 AS sample_count',
  ...AVERAGED.map((name) => `${name}, ${name} AS ${name}_min, ${name} AS ${name}_max`),
  'memory_total_mb',
])

/**
 * An average counts as often as the samples behind it, and not at all where it is unknown. One
 * that was known at times within its bucket counts as if always: the count is of the row.
 */
const weighted = (name: string) =>
  `sum(${name} * sample_count) / sum(CASE WHEN ${name} IS NOT NULL THEN sample_count END)`

const aggregates = (average: (name: string) => string) => [
  ...AVERAGED.flatMap((name) => [average(name), `min(${name}_min)`, `max(${name}_max)`]),
  'max(memory_total_mb)',
]

/** What stands for many rows, in the order of VALUES. */
export const AGGREGATES = aggregates(weighted)

/** The same of raw samples, which all weigh the same: a fifth less time. */
export const RAW_AGGREGATES = aggregates((name) => `avg(${name})`)

export const seconds = (tier: RollupTier) => tier.bucketMs / 1000

/** The end of a GPU's last bucket in a tier: all before it is rolled up. 0 when there is none. */
export const rolledUpTo = (tier: RollupTier, gpuId: Prisma.Sql) => Prisma.sql`
  coalesce((SELECT max(bucket_start) + ${tier.bucketMs} FROM dgx_metric_rollups
            WHERE gpu_id = ${gpuId} AND bucket_s = ${seconds(tier)}), 0)`

/** Raw samples or a tier's buckets, in the same columns and with their time as `start`. */
export const samplesOf = (tier: RollupTier | null) =>
  tier === null
    ? Prisma.sql`(SELECT gpu_id, recorded_at AS start, ${RAW_COLUMNS} FROM dgx_metrics)`
    : Prisma.sql`(SELECT gpu_id, bucket_start AS start, ${ROLLED_UP_COLUMNS}
                  FROM dgx_metric_rollups WHERE bucket_s = ${seconds(tier)})`
