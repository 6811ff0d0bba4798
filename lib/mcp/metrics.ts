import { z } from 'zod'
import { getJob, getJobSeries } from '../dgx'
import { jobSeriesQuery } from '../dgx/jobs/metrics/schema'
import { JOB_STATUSES } from '../dgx/jobs/schema'
import { summaryOf } from './job-brief'
import { job } from './jobs'
import { clip, duration, short } from './text'
import { READS, tool } from './tool'

const number = z.number().nullable()
const value = z.union([z.number(), z.string()])

const metricSummary = z.strictObject({
  name: z.string(),
  count: z.number().int(),
  non_finite: z.number().int().describe('How many were NaN or infinite.'),
  last: value,
  min: number,
  min_step: number,
  max: number,
  max_step: number,
})

const keys = z.array(z.string().min(1).max(500)).min(1).max(50)
/** As many as fit a small answer. */
const MOST_METRICS = 20

export const jobMetrics = tool({
  name: 'job_metrics',
  title: 'Metrics of a job',
  description:
    'What a job logged: for each metric its last, least and greatest value and where they were. With "points" also the course of each: at most so many [x, value], or [x, mean, min, max] where one stands for several.',
  input: z.strictObject({
    job,
    keys: keys.optional().describe(`Only these; without it the first ${MOST_METRICS}.`),
    points: z
      .number()
      .int()
      .min(10)
      .max(500)
      .optional()
      .describe('Needs "keys", so that the answer stays short.'),
    x: z.enum(['step', 'time']).default('step'),
  }),
  output: z.strictObject({
    job_id: z.string(),
    points_logged: z.number().int(),
    metrics: z.array(metricSummary),
    metric_names: z.number().int().describe('How many there are.'),
    other_names: z.array(z.string()).describe('Of those that are not shown, at most 30.'),
    x: z.string().nullable().describe('What x of "series" is.'),
    series: z.record(z.string(), z.array(z.array(value))).nullable(),
  }),
  annotations: READS,
  run: async (input) => {
    const details = await getJob({ id: input.job })
    const summary = summaryOf(details)
    const names = Object.keys(summary)
    const shown = input.keys?.filter((key) => key in summary) ?? names.slice(0, MOST_METRICS)
    const metrics = shown.flatMap((name) => {
      const found = summary[name]
      return found ? [{ name: clip(name, 100), ...found }] : []
    })
    const query = jobSeriesQuery.parse({
      keys: shown.join(),
      points: input.points ?? 10,
      x: input.x,
    })
    const series =
      input.keys && input.points && shown.length > 0
        ? await getJobSeries({ id: details.id, ...query, keys: shown })
        : null
    const other_names = names.filter((name) => !shown.includes(name)).slice(0, 30)
    return {
      data: {
        ...{ job_id: details.id, points_logged: details.metric_count, metrics, other_names },
        metric_names: names.length,
        x: series?.x ?? null,
        series:
          series &&
          Object.fromEntries(
            Object.entries(series.series).map(([name, { points }]) => [
              name,
              points.map((point) => [...point]),
            ]),
          ),
      },
      text:
        [
          ...metrics.map(
            (each) =>
              `${each.name}: last ${short(each.last)}, min ${short(each.min)}${at(each.min_step)}, max ${short(each.max)}${at(each.max_step)}, ${each.count} points${each.non_finite > 0 ? `, ${each.non_finite} not finite` : ''}`,
          ),
          ...Object.entries(series?.series ?? {}).map(
            ([name, { points }]) => `${name} by ${series?.x}: ${JSON.stringify(points)}`,
          ),
          ...(other_names.length > 0
            ? [`Ask with "keys" for more: ${clip(other_names.join(', '), 500)}`]
            : []),
        ].join('\n') ||
        `${details.name} has logged no metric${input.keys ? ' of these names' : ''}.`,
    }
  },
})

const at = (step: number | null) => (step === null ? '' : ` at ${step}`)

const compared = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(JOB_STATUSES),
  duration_s: number,
  gpu_hours: number,
  peak_gpu_memory_mb: number,
  config: z.record(z.string(), z.string()).describe('What differs between the jobs; JSON, cut.'),
  metrics: z.record(
    z.string(),
    z.strictObject({ last: value, min: number, max: number }).nullable(),
  ),
})

export const compareJobs = tool({
  name: 'compare_jobs',
  title: 'Compare jobs',
  description:
    'Two to eight jobs beside each other: what differs in their config, how long they ran, and last, least and greatest value of the metrics that they share.',
  input: z.strictObject({
    jobs: z.array(job).min(2).max(8),
    keys: keys.optional().describe('Metrics; without it the first 6 that most of them have.'),
  }),
  output: z.strictObject({ jobs: z.array(compared), keys: z.array(z.string()) }),
  annotations: READS,
  run: async (input) => {
    const all = await Promise.all(input.jobs.map((id) => getJob({ id })))
    const counts = new Map<string, number>()
    for (const name of all.flatMap((each) => Object.keys(summaryOf(each)))) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    const common = [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name)
    const names = input.keys ?? common.slice(0, 6)
    const fields = [...new Set(all.flatMap(({ config }) => Object.keys(config)))]
    const differing = fields
      .filter((field) => new Set(all.map(({ config }) => JSON.stringify(config[field]))).size > 1)
      .slice(0, 12)
    const jobs = all.map((each) => {
      const summary = summaryOf(each)
      const { id, status, started_at, completed_at, usage } = each
      return {
        ...{ id, name: clip(each.name, 60), status },
        duration_s: started_at
          ? Math.round(
              ((completed_at ? Date.parse(completed_at) : Date.now()) - Date.parse(started_at)) /
                1000,
            )
          : null,
        gpu_hours: usage?.gpu_hours ?? null,
        peak_gpu_memory_mb: usage?.peak_gpu_memory_mb ?? null,
        config: Object.fromEntries(
          differing
            .filter((field) => field in each.config)
            .map((field) => [clip(field, 60), clip(JSON.stringify(each.config[field]), 60)]),
        ),
        metrics: Object.fromEntries(
          names.map((name) => {
            const found = summary[name]
            const values = found && { last: found.last, min: found.min, max: found.max }
            return [name, values ?? null]
          }),
        ),
      }
    })
    const lines = jobs.map((each) =>
      [
        `${each.name} (${each.id}): ${each.status}${each.duration_s === null ? '' : `, ${duration(each.duration_s)}`}`,
        ...Object.entries(each.config).map(([field, text]) => `  ${field}=${text}`),
        ...Object.entries(each.metrics).map(([name, found]) =>
          found
            ? `  ${name}: last ${short(found.last)}, min ${short(found.min)}, max ${short(found.max)}`
            : `  ${name}: none`,
        ),
      ].join('\n'),
    )
    return { data: { jobs, keys: names }, text: lines.join('\n') }
  },
})
