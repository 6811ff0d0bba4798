/** Reading samples for charts. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import {
  AGGREGATES,
  type Database,
  RAW_AGGREGATES,
  rolledUpTo,
  samplesOf,
  VALUES,
  whole,
} from './samples.sql'
import { ROLLUP_TIERS, type RollupTier } from './tiers'

const historyGpus = z.array(
  z.object({
    id: whole,
    gpu_index: whole.nullable(),
    uuid: z.string(),
    '1m': whole,
    '15m': whole,
    '3h': whole,
  }),
)

/** A GPU to be charted, and up to when (ms) each tier of it is rolled up. */
export type HistoryGpu = z.output<typeof historyGpus>[number]

/** The GPUs of a connection seen at or after a time (ms), by their index. */
export async function selectHistoryGpus(
  database: Database,
  options: { connectionId: string; since: number; gpu?: number | string | undefined },
): Promise<HistoryGpu[]> {
  const { connectionId, since, gpu } = options
  const marks = ROLLUP_TIERS.map(
    (tier) => Prisma.sql`${rolledUpTo(tier, Prisma.sql`g.id`)} AS ${Prisma.raw(`"${tier.name}"`)}`,
  )
  const chosen =
    gpu === undefined
      ? Prisma.sql`true`
      : typeof gpu === 'number'
        ? Prisma.sql`g.gpu_index = ${gpu}`
        : Prisma.sql`g.uuid = ${gpu}`
  const answer = await database.$queryRaw`
    SELECT g.id, g.gpu_index, g.uuid, ${Prisma.join(marks)} FROM dgx_gpus AS g
    WHERE g.connection_id = ${connectionId} AND g.last_seen_at >= ${since} AND ${chosen}
    ORDER BY g.gpu_index, g.id`
  return historyGpus.parse(answer)
}

const counted = z.tuple([z.object({ count: whole })])

/** Counts raw samples of some GPUs in [from, to), but no further than `limit`. */
export async function countSamples(
  database: Database,
  options: { gpuIds: readonly number[]; from: number; to: number; limit: number },
): Promise<number> {
  const { gpuIds, from, to, limit } = options
  const answer = await database.$queryRaw`
    SELECT count(*) AS count FROM (
      SELECT 1 FROM json_each(${JSON.stringify(gpuIds)}) AS g
      CROSS JOIN dgx_metrics AS s
        ON s.gpu_id = g.value AND s.recorded_at >= ${from} AND s.recorded_at < ${to}
      LIMIT ${limit})`
  return counted.parse(answer)[0].count
}

/** Rows that a chart is made from: of one tier (null: raw samples), in [from, to). */
export type SeriesSource = { tier: RollupTier | null; from: number; to: number }

/** One bucket of a chart: VALUES in thousandths; null where nothing is stored. */
export type SeriesBucket = Array<number | null> | null

// A year of eight GPUs has 200,000 values: one plain loop, where a schema for each takes longer
// than the query.
const isSeries = (value: unknown): value is SeriesBucket[] =>
  Array.isArray(value) &&
  value.every(
    (bucket) =>
      bucket === null ||
      (Array.isArray(bucket) &&
        bucket.length === VALUES.length &&
        bucket.every((number) => number === null || typeof number === 'number')),
  )

const series = z.tuple([z.object({ series: z.string() })])
const seriesBuckets = z.custom<SeriesBucket[]>(isSeries, 'not a series of buckets')

/** Thousandths as whole numbers: exact enough, and far cheaper to print and parse than reals. */
const inThousandths = (value: string) => `CAST(round((${value}) * 1000) AS INTEGER)`

const asJson = (values: readonly string[]) =>
  Prisma.raw(`json_array(${values.map(inThousandths).join(', ')})`)

const WEIGHTED_BUCKET = asJson(AGGREGATES)
const RAW_BUCKET = asJson(RAW_AGGREGATES)
const ONLY_ROW = asJson(VALUES)

/** How to make a bucket from its rows: the cheapest way that is right for them. */
function bucketOf(sources: readonly SeriesSource[], length: number) {
  const [only] = sources
  if (sources.length === 1 && only?.tier?.bucketMs === length) {
    return { bucket: ONLY_ROW, unlessEmpty: Prisma.empty }
  }
  const isRaw = sources.every(({ tier }) => tier === null)
  return {
    bucket: isRaw ? RAW_BUCKET : WEIGHTED_BUCKET,
    unlessEmpty: Prisma.sql`HAVING count(*) > 0`,
  }
}

/**
 * The buckets [first, first + length), ... before `end` of one GPU, one entry each.
 *
 * Each bucket reads its own range of the index. Grouping all rows by a computed bucket gives the
 * same, but sorts them first and takes three times as long. The answer is one text, because
 * thousands of rows cost Prisma more time than SQLite.
 */
export async function selectSeries(
  database: Database,
  options: {
    gpuId: number
    sources: readonly SeriesSource[]
    first: number
    end: number
    length: number
  },
): Promise<SeriesBucket[]> {
  const { gpuId, sources, first, end, length } = options
  const { bucket, unlessEmpty } = bucketOf(sources, length)
  const rows = sources.map(
    ({ tier, from, to }) => Prisma.sql`
      SELECT * FROM ${samplesOf(tier)}
      WHERE gpu_id = ${gpuId} AND start >= max(bucket.first, ${from})
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
  return seriesBuckets.parse(JSON.parse(series.parse(answer)[0].series))
}
