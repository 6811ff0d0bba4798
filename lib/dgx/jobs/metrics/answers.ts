import { z } from 'zod'
import { jsonObject, moment } from '../../fields'

/** What is answered about the metrics of a job. */

/** A number in JSON, which has no word for those that are not finite. */
const jsonNumber = z
  .union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
  .meta({ id: 'JsonNumber' })
export type JsonNumber = z.infer<typeof jsonNumber>

/** The three words are what `String` gives for them. */
export function toJson(value: number): JsonNumber {
  return Number.isFinite(value) ? value : (String(value) as JsonNumber)
}

export const jobMetricPoint = z
  .strictObject({
    step: z.number().nullable(),
    attempt: z.number().int().nullable().describe('Of a managed job.'),
    metrics: jsonObject,
    recorded_at: moment,
  })
  .meta({
    id: 'JobMetricPoint',
    examples: [
      {
        step: 10,
        attempt: 1,
        metrics: { loss: 0.3, 'val/accuracy': 'NaN' },
        recorded_at: '2026-11-23T20:31:40.185Z',
      },
    ],
  })
export type JobMetricPoint = z.infer<typeof jobMetricPoint>

/** What one metric was over all its points. */
const metricSummary = z
  .strictObject({
    count: z.number().int(),
    non_finite: z.number().int().describe('How many of them were no finite numbers.'),
    last: jsonNumber,
    min: z.number().nullable().describe('Of the finite ones; null where there is none.'),
    max: z.number().nullable(),
    min_step: z.number().nullable().describe('At which step it was.'),
    max_step: z.number().nullable(),
  })
  .meta({ id: 'MetricSummary' })
export type MetricSummary = z.infer<typeof metricSummary>

export const metricsSummary = z.record(z.string(), metricSummary)
export type MetricsSummary = z.infer<typeof metricsSummary>

export const appendResult = z
  .strictObject({
    added: z.number().int(),
    duplicates: z.number().int().describe('Already there, by their `log_id`.'),
    dropped: z
      .number()
      .int()
      .describe('Left out: the job has a million points, or 2000 other names.'),
  })
  .meta({ id: 'AppendedMetrics' })
export type AppendResult = z.infer<typeof appendResult>

const mark = z.strictObject({ x: z.number(), value: jsonNumber })
export type Mark = z.infer<typeof mark>

/** `[x, value]`, or `[x, mean, min, max]` of several that it stands for. */
const seriesPoint = z.union([
  z.tuple([z.number(), jsonNumber]),
  z.tuple([z.number(), z.number(), z.number(), z.number()]),
])
export type SeriesPoint = z.infer<typeof seriesPoint>

/** One metric over the steps or the time. */
const metricSeries = z
  .strictObject({
    points: z.array(seriesPoint).describe('`[x, value]`, or `[x, mean, min, max]`; ordered by x.'),
    count: z.number().int().describe('Of the points behind them.'),
    non_finite: z.number().int(),
    first: mark.describe('In the order in which they came.'),
    last: mark,
    best_min: mark.nullable().describe('Of the finite ones; null where there is none.'),
    best_max: mark.nullable(),
  })
  .meta({
    id: 'MetricSeries',
    examples: [
      {
        points: [
          [10, 0.3],
          [20, 0.25, 0.21, 0.4],
          [30, 'NaN'],
        ],
        count: 12,
        non_finite: 1,
        first: { x: 10, value: 0.3 },
        last: { x: 30, value: 'NaN' },
        best_min: { x: 20, value: 0.21 },
        best_max: { x: 21, value: 0.4 },
      },
    ],
  })
export type MetricSeries = z.infer<typeof metricSeries>

export const jobSeries = z
  .strictObject({
    x: z
      .enum(['step', 'epoch', 'update', 'time'])
      .describe('What x is: `update` is the number of the point, from 1; `time` is ms since 1970.'),
    keys: z.array(z.string()).describe('All metrics of the job.'),
    attempts: z.array(z.number().int()).describe('The attempts that have points.'),
    series: z.record(z.string(), metricSeries),
  })
  .meta({ id: 'JobSeries' })
export type JobSeries = z.infer<typeof jobSeries>
