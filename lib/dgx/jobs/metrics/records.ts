import { database } from '../../../db/client'
import type { Prisma } from '../../../db/generated/client'
import { findByIdOrName } from '../../references'
import { type AppendResult, type JobMetricPoint, type MetricsSummary, toJson } from './answers'
import { flatNumbers, type MetricPoint, stepOf } from './points'
import { insertPoints, selectLogIds } from './points.sql'
import { summarise } from './summary'

/** 24 h of ten points a second. A job with more keeps its summary up to date, without new points. */
const MOST_POINTS = 1_000_000

/**
 * Appends points to a job's history, in the order given; its `metrics` and `metrics_summary` get
 * what is new. The caller tells who watches, after the transaction. A job that is gone takes none.
 * @param options.attempt null: the newest
 * @param options.now the time of points that have none
 */
export async function appendPoints(
  tx: Prisma.TransactionClient,
  options: { job_id: string; attempt: number | null; points: readonly MetricPoint[]; now: Date },
): Promise<AppendResult> {
  const { job_id, now } = options
  const job = await tx.job.findUnique({
    where: { id: job_id },
    select: { attempt: true, metrics: true, metrics_summary: true, metric_count: true },
  })
  if (!job) return { added: 0, duplicates: 0, dropped: options.points.length }
  const fresh = await withoutKnown(tx, job_id, options.points)
  const { summary, points } = summarise(summaryOf(job), fresh)
  const stored = points.slice(0, Math.max(0, MOST_POINTS - job.metric_count))
  const attempt = options.attempt ?? (job.attempt > 0 ? job.attempt : null)
  await insertPoints(tx, { job_id, attempt, points: stored, now })
  if (points.length > 0) {
    const last = points.flatMap(({ metrics }) => Object.entries(metrics))
    const metrics = new Map(Object.entries(job.metrics as Prisma.JsonObject))
    for (const [name, value] of last) metrics.set(name, toJson(value))
    await tx.job.update({
      where: { id: job_id },
      data: {
        metrics: Object.fromEntries(metrics) as Prisma.InputJsonObject,
        metrics_summary: summary,
        metric_count: { increment: stored.length },
        updated_at: now,
      },
      select: { id: true },
    })
  }
  return {
    added: stored.length,
    duplicates: options.points.length - fresh.length,
    dropped: fresh.length - stored.length,
  }
}

/** Only this file writes that column. */
const summaryOf = ({ metrics_summary }: { metrics_summary: unknown }) =>
  (metrics_summary ?? {}) as MetricsSummary

/** Points whose `log_id` is new, here and among themselves. */
async function withoutKnown(
  tx: Prisma.TransactionClient,
  job_id: string,
  points: readonly MetricPoint[],
): Promise<MetricPoint[]> {
  const ids = points.flatMap(({ log_id }) => (log_id === null ? [] : [log_id]))
  const known = new Set(ids.length === 0 ? [] : await selectLogIds(tx, { job_id, ids }))
  return points.filter(({ log_id }) => {
    if (log_id === null) return true
    if (known.has(log_id)) return false
    known.add(log_id)
    return true
  })
}

/** The metrics that a job is made with, as its first point. */
export function firstMetrics(metrics: Record<string, unknown>, now: Date) {
  const none = { metrics_summary: null, attempt: 0 }
  return { ...replacedMetrics(metrics, none, now), metric_count: 1 }
}

/**
 * What a job gets with metrics that take the place of the old ones, as PUT gives them: a point with
 * all that was sent, whatever it is, and its numbers in the summary.
 */
export function replacedMetrics(
  metrics: Record<string, unknown>,
  before: { metrics_summary: unknown; attempt: number },
  now: Date,
) {
  const step = stepOf(metrics)
  const numbers = Object.fromEntries(flatNumbers(metrics))
  const { summary } = summarise(summaryOf(before), [
    { step, at: null, log_id: null, metrics: numbers },
  ])
  const json = metrics as Prisma.InputJsonObject
  const attempt = before.attempt > 0 ? before.attempt : null
  return {
    metrics: json,
    metrics_summary: summary,
    metric_count: { increment: 1 },
    metric_points: { create: { metrics: json, step, attempt, recorded_at: now } },
  }
}

/**
 * A job's points in the order in which they came; of more than `limit` the newest.
 * @throws DgxError job_not_found, ambiguous_name
 */
export async function listJobMetrics(options: {
  id: string
  limit: number
}): Promise<JobMetricPoint[]> {
  const rows = await database().jobMetric.findMany({
    where: { job_id: await findJobId(options.id) },
    orderBy: { id: 'desc' },
    take: options.limit,
  })
  return rows.reverse().map(({ step, attempt, metrics, recorded_at }) => ({
    step,
    attempt,
    metrics: metrics as Record<string, unknown>,
    recorded_at: recorded_at.toISOString(),
  }))
}

/** @throws DgxError job_not_found, ambiguous_name */
export async function findJobId(reference: string): Promise<string> {
  const { id } = await findByIdOrName({
    reference,
    noun: 'job',
    find: (where) => database().job.findMany({ where, take: 10, select: { id: true, name: true } }),
  })
  return id
}
