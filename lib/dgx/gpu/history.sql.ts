/** Reading samples for charts. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import {
  aggregates,
  columns,
  type Database,
  rawAggregates,
  rolledUpTo,
  samplesOf,
  whole,
} from './samples.sql'
import { GPU_SERIES, HOST_SERIES, type OwnerId, type Series, valuesOf } from './series'
import { ROLLUP_TIERS, type RollupTier } from './tiers'

/** What `marksOf` gives. */
export const marks = { '1m': whole, '15m': whole, '3h': whole }

/** Up to when (ms) each tier of an owner is rolled up. */
export type RollupMarks = Record<RollupTier['name'], number>

export const marksOf = (series: Series, ownerId: Prisma.Sql) =>
  Prisma.join(
    ROLLUP_TIERS.map(
      (tier) => Prisma.sql`${rolledUpTo(series, tier, ownerId)} AS ${Prisma.raw(`"${tier.name}"`)}`,
    ),
  )

const historyGpus = z.array(
  z.object({ id: whole, gpu_index: whole.nullable(), uuid: z.string(), ...marks }),
)

/** A GPU to be charted, with its marks. */
export type HistoryGpu = z.output<typeof historyGpus>[number]

/** The GPUs of a connection seen at or after a time (ms), by their index. */
export async function selectHistoryGpus(
  database: Database,
  options: { connectionId: string; since: number; gpu?: number | string | undefined },
): Promise<HistoryGpu[]> {
  const { connectionId, since, gpu } = options
  const chosen =
    gpu === undefined
      ? Prisma.sql`true`
      : typeof gpu === 'number'
        ? Prisma.sql`g.gpu_index = ${gpu}`
        : Prisma.sql`g.uuid = ${gpu}`
  const answer = await database.$queryRaw`
    SELECT g.id, g.gpu_index, g.uuid, ${marksOf(GPU_SERIES, Prisma.sql`g.id`)} FROM dgx_gpus AS g
    WHERE g.connection_id = ${connectionId} AND g.last_seen_at >= ${since} AND ${chosen}
    ORDER BY g.gpu_index, g.id`
  return historyGpus.parse(answer)
}

const historyHosts = z.array(z.object({ id: z.string(), ...marks }))

/** The host of a connection, with its marks; none when the connection is gone. */
export async function selectHistoryHosts(database: Database, connectionId: string) {
  const answer = await database.$queryRaw`
    SELECT c.id, ${marksOf(HOST_SERIES, Prisma.sql`c.id`)} FROM dgx_connections AS c
    WHERE c.id = ${connectionId}`
  return historyHosts.parse(answer)
}

const counted = z.tuple([z.object({ count: whole })])

/** Counts raw samples of some owners in [from, to), but no further than `limit`. */
export async function countSamples(
  database: Database,
  options: {
    series: Series
    ownerIds: readonly OwnerId[]
    from: number
    to: number
    limit: number
  },
): Promise<number> {
  const { series, ownerIds, from, to, limit } = options
  const answer = await database.$queryRaw`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM json_each(${JSON.stringify(ownerIds)}) AS o
      CROSS JOIN ${columns([series.samples])} AS s
        ON s.${columns([series.owner])} = o.value AND s.recorded_at >= ${from} AND s.recorded_at < ${to}
      LIMIT ${limit})`
  return counted.parse(answer)[0].count
}

/** Rows that a chart is made from: of one tier (null: raw samples), in [from, to). */
export type SeriesSource = { tier: RollupTier | null; from: number; to: number }

/** One bucket of a chart: `valuesOf` in thousandths; null where nothing is stored. */
export type SeriesBucket = Array<number | null> | null

// A year of eight GPUs has 200,000 values: one plain loop, where a schema for each takes longer
// than the query.
const isSeries = (value: unknown, length: number): value is SeriesBucket[] =>
  Array.isArray(value) &&
  value.every(
    (bucket) =>
      bucket === null ||
      (Array.isArray(bucket) &&
        bucket.length === length &&
        bucket.every((number) => number === null || typeof number === 'number')),
  )

const seriesText = z.tuple([z.object({ series: z.string() })])

/** Thousandths as whole numbers: exact enough, and far cheaper to print and parse than reals. */
const inThousandths = (value: string) => `CAST(round((${value}) * 1000) AS INTEGER)`

const asJson = (values: readonly string[]) =>
  Prisma.raw(`json_array(${values.map(inThousandths).join(', ')})`)

/** How to make a bucket from its rows: the cheapest way that is right for them. */
function bucketOf(series: Series, sources: readonly SeriesSource[], length: number) {
  const [only] = sources
  if (sources.length === 1 && only?.tier?.bucketMs === length) {
    return { bucket: asJson(valuesOf(series)), unlessEmpty: Prisma.empty }
  }
  const isRaw = sources.every(({ tier }) => tier === null)
  return {
    bucket: asJson(isRaw ? rawAggregates(series) : aggregates(series)),
    unlessEmpty: Prisma.sql`HAVING count(*) > 0`,
  }
}

/**
 * The buckets [first, first + length), ... before `end` of one owner, one entry each.
 *
 * Each bucket reads its own range of the index. Grouping all rows by a computed bucket gives the
 * same, but sorts them first and takes three times as long. The answer is one text, because
 * thousands of rows cost Prisma more time than SQLite.
 */
export async function selectSeries(
  database: Database,
  options: {
    series: Series
    ownerId: OwnerId
    sources: readonly SeriesSource[]
    first: number
    end: number
    length: number
  },
): Promise<SeriesBucket[]> {
  const { series, ownerId, sources, first, end, length } = options
  const { bucket, unlessEmpty } = bucketOf(series, sources, length)
  const rows = sources.map(
    ({ tier, from, to }) => Prisma.sql`
      SELECT * FROM ${samplesOf(series, tier)}
      WHERE owner_id = ${ownerId} AND start >= max(bucket.first, ${from})
        AND start < min(bucket.first + ${length}, ${to})`,
  )
  const answer = await database.$queryRaw`
    WITH RECURSIVE bucket (first) AS (
      VALUES (CAST(${first} AS INTEGER))
      UNION ALL
      SELECT first + CAST(${length} AS INTEGER) FROM bucket
      WHERE first + ${length} < ${end}
    )
    SELECT '[' || group_concat(coalesce(
      (SELECT ${bucket} FROM (${Prisma.join(rows, ' UNION ALL ')}) ${unlessEmpty}),
      'null')) || ']' AS series
    FROM bucket`
  const count = valuesOf(series).length
  return z
    .custom<SeriesBucket[]>((value) => isSeries(value, count), 'not a series of buckets')
    .parse(JSON.parse(seriesText.parse(answer)[0].series))
}
