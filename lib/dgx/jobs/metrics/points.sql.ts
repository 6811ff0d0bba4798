/** Writing and reading the points of jobs. */
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import type { PrismaClient } from '../../../db/generated/client'
import { toJson } from './answers'
import type { MetricPoint } from './points'

export type PointsDatabase = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>

/** One statement holds the event loop for about 20 ms. */
const POINTS_AT_ONCE = 1000

/** Writes points in the order given. */
export async function insertPoints(
  database: PointsDatabase,
  options: { job_id: string; attempt: number | null; points: readonly MetricPoint[]; now: Date },
): Promise<void> {
  const { job_id, attempt, points, now } = options
  for (let i = 0; i < points.length; i += POINTS_AT_ONCE) {
    const rows = points.slice(i, i + POINTS_AT_ONCE).map(({ step, at, log_id, metrics }) => {
      const numbers = Object.entries(metrics).map(([name, value]) => [name, toJson(value)])
      // As text within the text: SQLite hands it on as it is.
      return [step, (at ?? now).getTime(), log_id, JSON.stringify(Object.fromEntries(numbers))]
    })
    // Statements follow each other without a turn of the event loop between them.
    if (i > 0) await setImmediate()
    await database.$executeRaw`
      INSERT INTO dgx_job_metrics (job_id, attempt, step, recorded_at, log_id, metrics)
      SELECT ${job_id}, ${attempt}, p.value ->> 0, p.value ->> 1, p.value ->> 2, p.value ->> 3
      FROM json_each(${JSON.stringify(rows)}) AS p
      ORDER BY p.key`
  }
}

const logIds = z.array(z.object({ log_id: z.string() }))

/** Those of the ids that a job has points with. */
export async function selectLogIds(
  database: PointsDatabase,
  options: { job_id: string; ids: readonly string[] },
): Promise<string[]> {
  const rows = await database.$queryRaw`
    SELECT p.log_id FROM json_each(${JSON.stringify(options.ids)}) AS i
    JOIN dgx_job_metrics AS p ON p.job_id = ${options.job_id} AND p.log_id = i.value`
  return logIds.parse(rows).map(({ log_id }) => log_id)
}

/** `[id, step, attempt, time (ms), metrics]` */
export type PointRow = [number, number | null, number | null, number, Record<string, unknown>]

const pointsText = z.tuple([z.object({ points: z.string().nullable() })])

/**
 * Some points of a job after the one with the id `after`, in the order in which they came. One
 * text, because thousands of rows cost Prisma more time than SQLite.
 */
export async function selectPointsAfter(
  database: PointsDatabase,
  options: { job_id: string; after: number; limit: number },
): Promise<PointRow[]> {
  const { job_id, after, limit } = options
  const answer = await database.$queryRaw`
    SELECT '[' || group_concat(
      '[' || id || ',' || coalesce(step, 'null') || ',' || coalesce(attempt, 'null') || ',' ||
      recorded_at || ',' || metrics || ']') || ']' AS points
    FROM (
      SELECT * FROM dgx_job_metrics WHERE job_id = ${job_id} AND id > ${after}
      ORDER BY id LIMIT CAST(${limit} AS INTEGER))`
  // Written by us above: rows of our own table.
  return JSON.parse(pointsText.parse(answer)[0].points ?? '[]') as PointRow[]
}
