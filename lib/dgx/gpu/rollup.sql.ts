/** Making the tiers of averages from the samples. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import {
  aggregates,
  columns,
  type Database,
  rawAggregates,
  rolledUpColumns,
  rolledUpTo,
  samplesOf,
  seconds,
  whole,
} from './samples.sql'
import type { OwnerId, Series } from './series'
import { ROLLUP_TIERS, type RollupTier } from './tiers'

const ids = z.array(z.object({ id: z.union([z.string(), z.number().int()]) }))

/** The ids of all GPUs or hosts, in a fixed order; of one connection when it is given. */
export async function selectOwnerIds(
  database: Database,
  { owners }: Series,
  connectionId?: string,
): Promise<OwnerId[]> {
  const chosen =
    connectionId === undefined
      ? Prisma.sql`true`
      : Prisma.sql`${columns([owners.connection])} = ${connectionId}`
  const answer = await database.$queryRaw`
    SELECT ${columns([owners.id])} AS id FROM ${columns([owners.table])}
    WHERE ${chosen} ORDER BY id`
  return ids.parse(answer).map(({ id }) => id)
}

const firstStart = z.tuple([z.object({ start: whole.nullable() })])

/** The first time (ms) that a tier has not rolled up, over some owners; null when there is none. */
export async function selectFirstToRollUp(
  database: Database,
  options: {
    series: Series
    tier: RollupTier
    below: RollupTier | null
    ownerIds: readonly OwnerId[]
  },
): Promise<number | null> {
  const { series, tier, below, ownerIds } = options
  const answer = await database.$queryRaw`
    SELECT min((SELECT min(s.start) FROM ${samplesOf(series, below)} AS s
                WHERE s.owner_id = o.value
                  AND s.start >= ${rolledUpTo(series, tier, Prisma.sql`o.value`)})) AS start
    FROM json_each(${JSON.stringify(ownerIds)}) AS o`
  return firstStart.parse(answer)[0].start
}

/**
 * Makes the buckets of some owners from what is not rolled up yet and lies before `until` (ms, a
 * multiple of the bucket's length). Done twice it gives the same. Gives the number of buckets.
 */
export function rollUp(
  database: Database,
  options: {
    series: Series
    tier: RollupTier
    below: RollupTier | null
    ownerIds: readonly OwnerId[]
    until: number
  },
) {
  const { series, tier, below, ownerIds, until } = options
  const averages = below === null ? rawAggregates(series) : aggregates(series)
  // Raw samples are rolled up into minutes: however many there are, it is one.
  const counts = series.counts.map((name) =>
    below === null && name === 'sampled_minutes' ? '1' : `sum(s.${name})`,
  )
  const length = Prisma.sql`CAST(${tier.bucketMs} AS INTEGER)`
  return database.$executeRaw`
    INSERT OR REPLACE INTO ${columns([series.rollups])}
      (${columns([series.owner])}, bucket_s, bucket_start, ${rolledUpColumns(series)})
    SELECT s.owner_id, ${seconds(tier)}, s.start / ${length} * ${length} AS bucket,
           ${columns([...counts, ...averages])}
    FROM json_each(${JSON.stringify(ownerIds)}) AS o
    CROSS JOIN ${samplesOf(series, below)} AS s
      ON s.owner_id = o.value AND s.start >= ${rolledUpTo(series, tier, Prisma.sql`o.value`)}
      AND s.start < ${until}
    GROUP BY s.owner_id, bucket`
}

const ALL_TIERS = Prisma.join(ROLLUP_TIERS.map((tier) => Prisma.sql`(${seconds(tier)})`))

/**
 * Deletes the buckets of all tiers that end after a time (ms), given for each owner, so that they
 * are rolled up again.
 */
export function deleteRollupsAfter(
  database: Database,
  series: Series,
  ends: ReadonlyArray<{ ownerId: OwnerId; at: number }>,
) {
  const rows = ends.map(({ ownerId, at }) => [ownerId, at])
  const rollups = columns([series.rollups])
  const owner = columns([series.owner])
  return database.$executeRaw`
    WITH tier (bucket_s) AS (VALUES ${ALL_TIERS})
    DELETE FROM ${rollups} WHERE (${owner}, bucket_s, bucket_start) IN (
      SELECT r.${owner}, r.bucket_s, r.bucket_start
      FROM json_each(${JSON.stringify(rows)}) AS e CROSS JOIN tier
      CROSS JOIN ${rollups} AS r
        ON r.${owner} = e.value ->> 0 AND r.bucket_s = tier.bucket_s
        AND r.bucket_start > (e.value ->> 1) - tier.bucket_s * 1000)`
}
