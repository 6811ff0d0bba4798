import { z } from 'zod'
import type { Job, JobWithAttempts } from '../dgx/jobs/answers'
import type { MetricsSummary } from '../dgx/jobs/metrics/answers'
import { JOB_STATUSES } from '../dgx/jobs/schema'
import { clip, clipOrNull, duration, short } from './text'

/** A job in a few lines; everything of it is at GET /api/dgx/jobs/:id. */

const nullableText = z.string().nullable()
const value = z.union([z.number(), z.string()])

export const jobLine = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(JOB_STATUSES),
  phase: nullableText.describe(
    'held, queued, starting, running, stopping or ended; null for a job that is tracked by hand.',
  ),
  message: nullableText.describe('Why it waits, or how it ended.'),
  exit_code: z.number().int().nullable(),
  created_at: z.string(),
})

export const jobBrief = jobLine.extend({
  project_id: nullableText,
  connection_id: nullableText.describe('The machine that it runs or last ran on.'),
  command: nullableText.describe('Cut when it is long.'),
  gpus: z.number().int().describe('How many it asks for.'),
  held_gpu_indices: z.array(z.number().int()).nullable(),
  queue_position: z.number().int().nullable(),
  end_reason: nullableText,
  exit_signal: nullableText,
  attempt: z.number().int(),
  reachable: z.boolean().nullable(),
  started_at: nullableText,
  completed_at: nullableText,
  labels: z
    .array(z.strictObject({ label: z.string(), count: z.number().int(), line: z.string() }))
    .describe('What its log tells, such as cuda_out_of_memory; at most 5.'),
  metrics: z.record(z.string(), value).describe('Last values; at most 12.'),
  metric_names: z.number().int().describe('job_metrics has all.'),
  gpu_hours: z.number().nullable(),
  gpu_utilization: z.number().nullable().describe('Percent.'),
  peak_gpu_memory_mb: z.number().nullable(),
  next: z.string().describe('What to call next.'),
})

export type JobBrief = z.input<typeof jobBrief>

export const summaryOf = (job: Pick<Job, 'metrics_summary'>): MetricsSummary =>
  // Written by this program only, in this shape; null before the first point.
  (job.metrics_summary as MetricsSummary | null) ?? {}

export function toLine(job: Job): z.input<typeof jobLine> {
  const { id, status, phase, exit_code, created_at } = job
  const message = clipOrNull(job.status_message, 200)
  return { id, name: clip(job.name, 60), status, phase, message, exit_code, created_at }
}

export function toBrief(job: JobWithAttempts): JobBrief {
  const { project_id, connection_id, gpus, held_gpu_indices, queue_position, usage } = job
  const { end_reason, exit_signal, attempt, reachable, started_at, completed_at } = job
  const summary = Object.entries(summaryOf(job))
  return {
    ...toLine(job),
    ...{ project_id, connection_id, gpus, held_gpu_indices, queue_position },
    ...{ end_reason, exit_signal, attempt, reachable, started_at, completed_at },
    command: clipOrNull(job.command, 300),
    labels: job.labels
      .slice(0, 5)
      .map(({ label, count, line }) => ({ label, count, line: clip(line, 160) })),
    metrics: Object.fromEntries(
      summary.slice(0, 12).map(([name, { last }]) => [clip(name, 80), last]),
    ),
    metric_names: summary.length,
    gpu_hours: usage?.gpu_hours ?? null,
    gpu_utilization: usage?.gpu_utilization ?? null,
    peak_gpu_memory_mb: usage?.peak_gpu_memory_mb ?? null,
    next: nextOf(job),
  }
}

function nextOf({ id, status, phase }: JobWithAttempts): string {
  if (phase === null) return 'It is tracked by hand: nothing runs that could be waited for.'
  if (phase === 'held')
    return 'It waits to be started: POST /api/dgx/jobs/:id/start, or cancel_job.'
  if (phase !== 'ended') return `wait_for_job ${id} waits for its end; job_logs reads its log.`
  if (status === 'failed') return `job_logs ${id} has the end of its log.`
  return `job_metrics ${id} and job_logs ${id} have its results.`
}

export const lineText = ({ id, name, status, phase, message }: z.input<typeof jobLine>) =>
  `${name} (${id}): ${phase === null || phase === 'ended' ? status : phase}${message ? `. ${message}` : ''}`

export function briefText(job: JobBrief): string {
  const metrics = Object.entries(job.metrics).map(([name, last]) => `${name}=${short(last)}`)
  const gpus = job.held_gpu_indices ?? []
  return [
    lineText(job),
    ...(job.queue_position ? [`Place in the queue: ${job.queue_position}`] : []),
    ...(gpus.length > 0 ? [`GPUs: ${gpus.join(', ')}`] : []),
    ...(job.started_at ? [`Started ${job.started_at}, attempt ${job.attempt}${spanOf(job)}`] : []),
    ...job.labels.map(({ label, count, line }) => `${label} (${count}x): ${line}`),
    ...(metrics.length > 0 ? [`Metrics: ${metrics.join(' ')}`] : []),
    job.next,
  ].join('\n')
}

function spanOf({ started_at, completed_at }: JobBrief): string {
  if (!started_at) return ''
  const end = completed_at ? Date.parse(completed_at) : Date.now()
  return `, ${completed_at ? 'ran' : 'runs for'} ${duration((end - Date.parse(started_at)) / 1000)}`
}
