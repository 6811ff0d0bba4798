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

const used = z.array(
  z
    .tuple([
      z.number().int(),
      z.number().int(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number(),
      z.number().nullable(),
      z.number().nullable(),
      z.number().nullable(),
    ])
    .transform(([part, step, sampled_s, known_s, busy_s, power_s, joules, ...peaks]) => ({
      part,
      step,
      sums: { sampled_s, known_s, busy_s, power_s, joules },
      peak_temperature_c: peaks[0],
      peak_memory_used_mb: peaks[1],
      memory_total_mb: peaks[2],
    })),
)

/** What one GPU did in a step of a part, in seconds. */
export type GpuUse = z.output<typeof used>[number]

const usedText = z.tuple([z.object({ used: z.string() })])

/**
 * What a GPU did in some parts of its time, step by step. Of a bucket its sampled minutes count; of
 * one that is cut by a piece as much of them as lies within. Raw samples are taken by the minute, as
 * a roll-up will have them. The answer is one text: many rows cost Prisma more time than SQLite.
 */
export async function selectUse(
  database: Database,
  options: { gpuId: number; parts: ReadonlyArray<readonly Piece[]>; stepMs: number },
): Promise<GpuUse[]> {
  const { gpuId, parts, stepMs } = options
  const pieces = parts.flatMap((part, i) =>
    part.map(({ tier, from, to }) => [i, tier ? tier.bucketMs / 1000 : 0, from, to]),
  )
  const answer = await database.$queryRaw`
    WITH piece AS (
      SELECT value ->> 0 AS part, value ->> 1 AS bucket_s, value ->> 2 AS first, value ->> 3 AS last
      FROM json_each(${JSON.stringify(pieces)})
    ), bucket AS (
      SELECT p.part, p.first, p.last, r.bucket_start AS start, r.bucket_s * 1000 AS length,
             r.sampled_minutes * 60.0 AS sampled_s, r.gpu_utilization AS busy, r.power_watts AS watts,
             r.temperature_c_max AS hottest, r.memory_used_mb_max AS fullest, r.memory_total_mb AS memory
      FROM piece AS p CROSS JOIN dgx_metric_rollups AS r
        ON r.gpu_id = ${gpuId} AND r.bucket_s = p.bucket_s
        AND r.bucket_start > p.first - p.bucket_s * 1000 AND r.bucket_start < p.last
      UNION ALL
      SELECT p.part, p.first, p.last, m.recorded_at / 60000 * 60000 AS start, 60000, 60.0,
             avg(m.gpu_utilization), avg(m.power_watts), max(m.temperature_c), max(m.memory_used_mb),
             max(m.memory_total_mb)
      FROM piece AS p CROSS JOIN dgx_metrics AS m
        ON p.bucket_s = 0 AND m.gpu_id = ${gpuId} AND m.recorded_at >= p.first AND m.recorded_at < p.last
      GROUP BY p.part, p.first, start
    ), weighed AS (
      SELECT *, sampled_s * (min(start + length, last) - max(start, first)) / length AS s FROM bucket
    )
    SELECT coalesce('[' || group_concat(json_array(part, step, sampled_s, known_s, busy_s, power_s, joules,
      hottest, fullest, memory)) || ']', '[]') AS used
    FROM (
      SELECT part, start / CAST(${stepMs} AS INTEGER) AS step, sum(s) AS sampled_s,
             total(CASE WHEN busy IS NOT NULL THEN s END) AS known_s, total(busy / 100 * s) AS busy_s,
             total(CASE WHEN watts IS NOT NULL THEN s END) AS power_s, total(watts * s) AS joules,
             max(hottest) AS hottest, max(fullest) AS fullest, max(memory) AS memory
      FROM weighed GROUP BY part, step)`
  return used.parse(JSON.parse(usedText.parse(answer)[0].used))
}
