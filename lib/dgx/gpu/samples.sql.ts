/**
 * What the statements on samples share. Times are integer milliseconds since 1970. Numbers reach
 * SQLite as reals, so what is divided is cast to an integer first.
 */
import { z } from 'zod'
import { Prisma, type PrismaClient } from '../../db/generated/client'
import { type Series, valuesOf } from './series'
import type { RollupTier } from './tiers'

export type Database = Pick<PrismaClient, '$queryRaw' | '$executeRaw' | '$transaction'>

/** Whole numbers come back as bigint from expressions and as number from columns. */
export const whole = z.union([z.number().int(), z.bigint()]).transform(Number)

/** Names of tables and columns: only ever our own, from `series.ts`. */
export const columns = (list: readonly string[]) => Prisma.raw(list.join(', '))

/** The counts and the values of rolled-up rows. */
export const rolledUpColumns = (series: Series) => columns([...series.counts, ...valuesOf(series)])

/** The same of raw samples, each of them a bucket of one. */
const rawColumns = ({ counts, averaged, sizes }: Series) =>
  columns([
    ...counts.map((name) => `1 AS ${name}`),
    ...averaged.map((name) => `${name}, ${name} AS ${name}_min, ${name} AS ${name}_max`),
    ...sizes,
  ])

/**
 * An average counts as often as the samples behind it, and not at all where it is unknown. One
 * that was known at times within its bucket counts as if always: the count is of the row.
 */
const weighted = (name: string) =>
  `sum(${name} * sample_count) / sum(CASE WHEN ${name} IS NOT NULL THEN sample_count END)`

const aggregatesOf = ({ averaged, sizes }: Series, average: (name: string) => string) => [
  ...averaged.flatMap((name) => [average(name), `min(${name}_min)`, `max(${name}_max)`]),
  ...sizes.map((name) => `max(${name})`),
]

/** What stands for many rows, in the order of `valuesOf`. */
export const aggregates = (series: Series) => aggregatesOf(series, weighted)

/** The same of raw samples, which all weigh the same: a fifth less time. */
export const rawAggregates = (series: Series) => aggregatesOf(series, (name) => `avg(${name})`)

export const seconds = (tier: RollupTier) => tier.bucketMs / 1000

/** The end of an owner's last bucket in a tier: all before it is rolled up. 0 when there is none. */
export const rolledUpTo = (series: Series, tier: RollupTier, ownerId: Prisma.Sql) => Prisma.sql`
  coalesce((SELECT max(bucket_start) + ${tier.bucketMs} FROM ${columns([series.rollups])}
            WHERE ${columns([series.owner])} = ${ownerId} AND bucket_s = ${seconds(tier)}), 0)`

/** Raw samples or a tier's buckets, in the same columns, with `owner_id` and their time as `start`. */
export const samplesOf = (series: Series, tier: RollupTier | null) => {
  const owner = columns([`${series.owner} AS owner_id`])
  return tier === null
    ? Prisma.sql`(SELECT ${owner}, recorded_at AS start, ${rawColumns(series)}
                  FROM ${columns([series.samples])})`
    : Prisma.sql`(SELECT ${owner}, bucket_start AS start, ${rolledUpColumns(series)}
                  FROM ${columns([series.rollups])} WHERE bucket_s = ${seconds(tier)})`
}
