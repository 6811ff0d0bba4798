import { z } from 'zod'
import { database } from '../../db/client'

/** One update of a job's metrics and which one it was, from 1. */
export type MetricSample = {
  update: number
  /** Of training, where the run said it. */
  step: number | null
  recorded_at: string
  metrics: Record<string, unknown>
}

const whole = z.union([z.number(), z.bigint()]).transform(Number)
const rowsOf = z.array(
  z.object({ n: whole, step: z.number().nullable(), at: whole, metrics: z.string() }),
)

/**
 * A job's metrics over its whole history for a chart, in the order in which they came: every update, or of more than
 * `points` evenly spaced ones with the first and the last. No job, no samples.
 * @param options.id the job's id
 */
export async function sampleJobMetrics(options: {
  id: string
  points: number
}): Promise<MetricSample[]> {
  const { id, points } = options
  const db = database()
  const count = await db.jobMetric.count({ where: { job_id: id } })
  const stride = Math.max(1, Math.ceil((count - 1) / Math.max(1, points - 1)))
  // The numbering reads only the index; the JSON is read for the rows that are kept.
  const rows = await db.$queryRaw`
    WITH numbered AS MATERIALIZED (
      SELECT id, row_number() OVER (ORDER BY id) AS n
      FROM dgx_job_metrics WHERE job_id = ${id})
    SELECT n, step, CAST(point.recorded_at AS INTEGER) AS at, CAST(point.metrics AS TEXT) AS metrics
    FROM numbered JOIN dgx_job_metrics AS point USING (id)
    WHERE (n - 1) % CAST(${stride} AS INTEGER) = 0 OR n = CAST(${count} AS INTEGER)
    ORDER BY n`
  return rowsOf.parse(rows).map(({ n, step, at, metrics }) => ({
    update: n,
    step,
    recorded_at: new Date(at).toISOString(),
    metrics: JSON.parse(metrics) as Record<string, unknown>,
  }))
}
