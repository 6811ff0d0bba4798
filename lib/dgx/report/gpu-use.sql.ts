/** What GPUs did, added up from roll-ups and samples. Times in ms since 1970. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import { marks, marksOf } from '../gpu/history.sql'
import { type Database, whole } from '../gpu/samples.sql'
import { GPU_SERIES } from '../gpu/series'
import { ROLLUP_TIERS } from '../gpu/tiers'
import type { Piece } from './cover'

const reportGpus = z.array(
  z.object({
    id: whole,
    connection_id: z.string(),
    connection_name: z.string(),
    index: whole.nullable(),
    uuid: z.string(),
    name: z.string().nullable(),
    ...marks,
  }),
)

/** A GPU of a report, with up to when it is rolled up. */
export type ReportGpu = z.output<typeof reportGpus>[number]

const HAS_BUCKET = Prisma.join(
  ROLLUP_TIERS.map(
    ({ bucketMs }) => Prisma.sql`EXISTS (SELECT 1 FROM dgx_metric_rollups AS r
      WHERE r.gpu_id = g.id AND r.bucket_s = ${bucketMs / 1000} AND r.bucket_start < limits.until)`,
  ),
  ' OR ',
)

/**
 * The GPUs of a period: those that were there before its end and were not gone before its start,
 * and those that were held, whatever is known of them.
 */
export async function selectReportGpus(
  database: Database,
  options: { connectionId: string | null; from: number; to: number; heldUuids: readonly string[] },
): Promise<ReportGpu[]> {
  const { connectionId, from, to, heldUuids } = options
  const ofMachine = connectionId ? Prisma.sql`g.connection_id = ${connectionId}` : Prisma.sql`true`
  const answer = await database.$queryRaw`
    WITH limits (until) AS (VALUES (${to}))
    SELECT g.id, g.connection_id, c.name AS connection_name, g.gpu_index AS "index", g.uuid, g.name,
           ${marksOf(GPU_SERIES, Prisma.sql`g.id`)}
    FROM limits CROSS JOIN dgx_gpus AS g JOIN dgx_connections AS c ON c.id = g.connection_id
    WHERE ${ofMachine} AND (
      g.uuid IN (SELECT value FROM json_each(${JSON.stringify(heldUuids)}))
      OR g.last_seen_at >= ${from} AND (${HAS_BUCKET}
        OR EXISTS (SELECT 1 FROM dgx_metrics AS m WHERE m.gpu_id = g.id AND m.recorded_at < limits.until)))
    ORDER BY c.position, c.id, g.gpu_index, g.id`
  return reportGpus.parse(answer)
}

/** What one GPU did in a piece of its time, in seconds. */
export type GpuUse = {
  part: number
  step: number
  sums: Record<'sampled_s' | 'known_s' | 'busy_s' | 'power_s' | 'joules', number>
  peak_temperature_c: number | null
  peak_memory_used_mb: number | null
  memory_total_mb: number | null
}

/** A piece of a part of a GPU's time that lies in one step. */
export type StepPiece = Piece & { part: number; step: number }

const usedText = z.tuple([z.object({ used: z.string() })])

/**
 * With a limit, though it is none, SQLite reckons `s` once a row and not wherever it is used.
 * @param buckets of the piece `p`
 */
const sumOf = (buckets: Prisma.Sql) => Prisma.sql`
  SELECT CASE WHEN count(*) > 0 THEN json_object('part', p.part, 'step', p.step, 'sums', json_object(
             'sampled_s', sum(s), 'known_s', total(CASE WHEN busy IS NOT NULL THEN s END),
             'busy_s', total(busy / 100 * s),
             'power_s', total(CASE WHEN watts IS NOT NULL THEN s END), 'joules', total(watts * s)),
           'peak_temperature_c', max(hottest), 'peak_memory_used_mb', max(fullest),
           'memory_total_mb', max(memory)) END
  FROM (SELECT *, sampled_s * (min(start + length, p.last) - max(start, p.first)) / length AS s FROM (${buckets}) LIMIT -1)`

/**
 * What a GPU did in pieces of its time; of those without a reading nothing. Of a bucket its sampled
 * minutes count; of one that is cut by a piece as much of them as lies within. Raw samples are taken
 * by the minute, as a roll-up will have them. Each piece is added up by itself: grouped rows would
 * have to be sorted first, which took most of the time. The answer is one text: many rows cost
 * Prisma more time than SQLite.
 */
export async function selectUse(
  database: Database,
  options: { gpuId: number; pieces: readonly StepPiece[] },
): Promise<GpuUse[]> {
  const { gpuId } = options
  const pieces = options.pieces.map(({ part, step, tier, from, to }) => [
    ...[part, step, tier ? tier.bucketMs / 1000 : 0, from, to],
  ])
  const ofRollUps = Prisma.sql`
    SELECT bucket_start AS start, bucket_s * 1000 AS length, sampled_minutes * 60.0 AS sampled_s,
           gpu_utilization AS busy, power_watts AS watts, temperature_c_max AS hottest,
           memory_used_mb_max AS fullest, memory_total_mb AS memory
    FROM dgx_metric_rollups AS r
    WHERE gpu_id = ${gpuId} AND bucket_s = p.bucket_s
      AND bucket_start > p.first - p.bucket_s * 1000 AND bucket_start < p.last`
  const ofSamples = Prisma.sql`
    SELECT recorded_at / 60000 * 60000 AS start, 60000 AS length, 60.0 AS sampled_s,
           avg(gpu_utilization) AS busy, avg(power_watts) AS watts, max(temperature_c) AS hottest,
           max(memory_used_mb) AS fullest, max(memory_total_mb) AS memory
    FROM dgx_metrics AS m
    WHERE gpu_id = ${gpuId} AND recorded_at >= p.first AND recorded_at < p.last
    GROUP BY start`
  const answer = await database.$queryRaw`
    WITH piece AS MATERIALIZED (
      SELECT value ->> 0 AS part, value ->> 1 AS step, value ->> 2 AS bucket_s, value ->> 3 AS first,
             value ->> 4 AS last
      FROM json_each(${JSON.stringify(pieces)})
    )
    SELECT coalesce('[' || group_concat(
      CASE p.bucket_s WHEN 0 THEN (${sumOf(ofSamples)}) ELSE (${sumOf(ofRollUps)}) END
    ) || ']', '[]') AS used
    FROM piece AS p`
  // In this shape by the statement above; to look at each value takes longer than to read it.
  return JSON.parse(usedText.parse(answer)[0].used) as GpuUse[]
}
