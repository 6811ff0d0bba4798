import { z } from 'zod'
import { text, time } from '../../fields'
import { patternProblem } from '../../guarded-pattern'
import { flatNumbers, type MetricPoint, MOST_KEY_LENGTH } from './points'

const MOST_POINTS = 1000
const MOST_METRICS = 1000

/** A thousand points of a hundred metrics. */
export const METRICS_BODY_LIMIT_BYTES = 4 * 1024 * 1024

const NO_NUMBER = 'must be a number, or "NaN", "Infinity", "-Infinity"'
/** Each letter twice: a pattern of JSON Schema has no flag for either. */
const NON_FINITE = /^[+-]?([nN][aA][nN]|[iI][nN][fF]([iI][nN][iI][tT][yY])?)$/
const nonFinite = z.string().regex(NON_FINITE, NO_NUMBER)

const metricValue: z.ZodType<unknown> = z
  .lazy(() =>
    z.union([z.number(), nonFinite, z.record(metricName, metricValue)], { error: NO_NUMBER }),
  )
  .meta({ id: 'MetricValue' })
const metricName = z
  .string()
  .min(1, 'is an empty name')
  .max(MOST_KEY_LENGTH, `is a name longer than ${MOST_KEY_LENGTH} characters`)

const metrics = z
  .record(metricName, metricValue)
  .transform((object) => Object.fromEntries(flatNumbers(object)))
  .refine((flat) => Object.keys(flat).length > 0, 'has no number')
  .refine(
    (flat) => Object.keys(flat).length <= MOST_METRICS,
    `has more than ${MOST_METRICS} numbers`,
  )

/** Not milliseconds: those would be far in the future. */
const unixTime = z
  .number()
  .min(0)
  .max(1e11, 'must be in seconds since 1970')
  .transform((seconds) => new Date(seconds * 1000))

const fields = {
  step: z.number().nullable().default(null).describe('Steps may go back.'),
  time: z
    .union([unixTime, time], {
      error: 'must be a time like 2026-03-01T08:00:00Z, or seconds since 1970',
    })
    .nullable()
    .default(null)
    .describe('ISO, or seconds since 1970; else now.'),
  log_id: text(200)
    .min(1, 'is empty')
    .nullable()
    .default(null)
    .describe('A point whose id the job already has adds nothing.'),
}

const point = z.strictObject({ ...fields, metrics })

/** One point, or `points`. */
export const jobMetricsInput = z
  .strictObject({
    ...fields,
    metrics: metrics.optional(),
    points: z
      .array(point)
      .min(1, 'is empty')
      .max(MOST_POINTS, `are more than ${MOST_POINTS}; send them in parts`)
      .optional()
      .describe('Instead of the other fields.'),
  })
  .meta({ examples: [{ step: 10, metrics: { loss: 0.3, 'val/accuracy': 'NaN' } }] })
  .transform(({ points, metrics, ...rest }, context): MetricPoint[] => {
    const isAlone = Object.values(rest).every((value) => value === null)
    if ((points === undefined) === (metrics === undefined) || (points && !isAlone)) {
      context.addIssue({
        code: 'custom',
        path: [points ? 'points' : 'metrics'],
        message: points ? 'must be alone; put the other fields into its points' : 'is required',
      })
      return z.NEVER
    }
    const all = points ?? (metrics ? [{ ...rest, metrics }] : [])
    return all.map(({ time, ...values }) => ({ ...values, at: time }))
  })

/** A job's own pattern for its log. */
export const metricPattern = text(1000)
  .refine((source) => patternProblem(source) === null, {
    error: ({ input }) => `is no regular expression: ${patternProblem(input as string)}`,
    abort: true,
  })
  .refine(
    (source) => /\(\?<[A-Za-z_$]/.test(source),
    'needs a named group for each metric, like (?<loss>\\S+), or the groups key and value',
  )

export const jobMetricsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
})

const step = z.coerce.number()

export const jobSeriesQuery = z.strictObject({
  keys: z
    .string()
    .transform((keys) => keys.split(',').filter((key) => key !== ''))
    .pipe(z.array(z.string()).min(1, 'names none').max(100, 'names more than 100'))
    .optional()
    .describe('Only these metrics, with commas between them. Without it the first 50.'),
  points: z.coerce
    .number()
    .int()
    .min(10)
    .max(2000)
    .default(300)
    .describe('Of a metric with more, each point stands for some neighbours.'),
  x: z.enum(['step', 'time']).default('step'),
  from_step: step.optional(),
  to_step: step.optional(),
  attempt: z.coerce.number().int().min(1).optional().describe('Of a managed job.'),
})
export type JobSeriesQuery = z.infer<typeof jobSeriesQuery>
