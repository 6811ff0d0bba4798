/** Deleting samples and buckets, some at a time. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import { columns, type Database, rolledUpTo, seconds, whole } from './samples.sql'
import type { OwnerId, Series } from './series'
import type { RollupTier } from './tiers'

/**
 * Deletes at most `limit` samples of some owners that are older than `before` (ms) and already
 * rolled up. Gives the number deleted.
 */
export function deleteOldSamples(
  database: Database,
  options: {
    series: Series
    above: RollupTier
    ownerIds: readonly OwnerId[]
    before: number
    limit: number
  },
) {
  const { series, above, ownerIds, before, limit } = options
  const samples = columns([series.samples])
  const key = columns(series.sampleKey)
  return database.$executeRaw`
    DELETE FROM ${samples} WHERE (${key}) IN (
      SELECT ${columns(series.sampleKey.map((name) => `s.${name}`))}
      FROM json_each(${JSON.stringify(ownerIds)}) AS o
      CROSS JOIN ${samples} AS s
        ON s.${columns([series.owner])} = o.value
        AND s.recorded_at < min(${before}, ${rolledUpTo(series, above, Prisma.sql`o.value`)})
      LIMIT ${limit})`
}

/** The same for the buckets of a tier; those of the last tier (`above: null`) go by age alone. */
export function deleteOldRollups(
  database: Database,
  options: {
    series: Series
    tier: RollupTier
    above: RollupTier | null
    ownerIds: readonly OwnerId[]
    before: number
    limit: number
  },
) {
  const { series, tier, above, ownerIds, before, limit } = options
  const rollups = columns([series.rollups])
  const owner = columns([series.owner])
  const end =
    above === null
      ? Prisma.sql`${before}`
      : Prisma.sql`min(${before}, ${rolledUpTo(series, above, Prisma.sql`o.value`)})`
  return database.$executeRaw`
    DELETE FROM ${rollups} WHERE (${owner}, bucket_s, bucket_start) IN (
      SELECT s.${owner}, s.bucket_s, s.bucket_start
      FROM json_each(${JSON.stringify(ownerIds)}) AS o
      CROSS JOIN ${rollups} AS s
        ON s.${owner} = o.value AND s.bucket_s = ${seconds(tier)} AND s.bucket_start < ${end}
      LIMIT ${limit})`
}

/** One owner, of which at most `limit` rows are deleted, whatever their age. */
type AllOf = { series: Series; ownerId: OwnerId; limit: number }

/** Deletes samples of one owner. Gives the number deleted. */
export function deleteSamplesOf(database: Database, { series, ownerId, limit }: AllOf) {
  const samples = columns([series.samples])
  const key = columns(series.sampleKey)
  return database.$executeRaw`
    DELETE FROM ${samples} WHERE (${key}) IN (
      SELECT ${key} FROM ${samples} WHERE ${columns([series.owner])} = ${ownerId} LIMIT ${limit})`
}

/** Deletes buckets of one owner, of any tier. Gives the number deleted. */
export function deleteRollupsOf(database: Database, { series, ownerId, limit }: AllOf) {
  const rollups = columns([series.rollups])
  const owner = columns([series.owner])
  return database.$executeRaw`
    DELETE FROM ${rollups} WHERE (${owner}, bucket_s, bucket_start) IN (
      SELECT ${owner}, bucket_s, bucket_start FROM ${rollups}
      WHERE ${owner} = ${ownerId} LIMIT ${limit})`
}

const held = z.tuple([z.object({ count: whole, since: whole.nullable() })])

/** How many samples and buckets some owners have, and since when (ms; null without any). */
export async function selectHeld(
  database: Database,
  { series, ownerIds }: { series: Series; ownerIds: readonly OwnerId[] },
): Promise<{ count: number; since: number | null }> {
  const owner = columns([series.owner])
  const owners = Prisma.sql`SELECT value FROM json_each(${JSON.stringify(ownerIds)})`
  const answer = await database.$queryRaw`
    SELECT sum(count) AS count, min(since) AS since FROM (
      SELECT count(*) AS count, min(recorded_at) AS since
      FROM ${columns([series.samples])} WHERE ${owner} IN (${owners})
      UNION ALL
      SELECT count(*), min(bucket_start)
      FROM ${columns([series.rollups])} WHERE ${owner} IN (${owners}))`
  return held.parse(answer)[0]
}
