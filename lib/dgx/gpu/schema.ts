import { z } from 'zod'
import { time } from '../fields'
import { pageQuery } from '../pagination'

const HOUR_MS = 3_600_000

/** A year that has a leap day, in hours. */
const MAX_HOURS = 8_784

/** A range of time. @param defaultHours for the description: the caller fills it in */
export const timeRange = (defaultHours: number) => ({
  hours: z.coerce
    .number('must be a number')
    .positive('must be more than 0')
    .max(MAX_HOURS, `can be at most ${MAX_HOURS} (a year)`)
    .optional()
    .describe(
      `Range that ends now, in hours; fractions are fine. ${defaultHours} when nothing is given.`,
    ),
  from: time.optional().describe('Start of the range, instead of hours.'),
  to: time.optional().describe('End of the range; now when left out.'),
})

/** Which range, in how many points and in which format. */
const rangeFields = {
  ...timeRange(24),
  points: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(2000, 'can be at most 2000')
    .default(300)
    .describe('At most so many rows per GPU, or of the host.'),
  format: z.enum(['json', 'csv'], 'must be json or csv').default('json'),
}

type Range = { hours?: number | undefined; from?: Date | undefined; to?: Date | undefined }

export function checkRange({ hours, from, to }: Range, context: z.RefinementCtx): void {
  const issue = (path: keyof Range, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  if (hours !== undefined && (from ?? to)) {
    issue('hours', 'cannot be given together with from and to')
    return
  }
  if (to && !from) {
    issue('from', 'is missing: to needs the start of the range')
    return
  }
  if (!from) return
  const range = (to?.getTime() ?? Date.now()) - from.getTime()
  if (range <= 0) issue('from', `must be before ${to ? 'to' : 'now'}`)
  if (range > MAX_HOURS * HOUR_MS) {
    issue('from', `makes the range longer than ${MAX_HOURS} hours (a year)`)
  }
}

/** `GET /metrics/:id/history`: which range of which GPUs, in how many points. */
export const historyQuerySchema = z
  .strictObject({
    ...rangeFields,
    gpu: z
      .string()
      .min(1, 'must be the index or the uuid of a GPU')
      .max(100, 'must be the index or the uuid of a GPU')
      .transform((text) => (/^\d{1,9}$/.test(text) ? Number(text) : text))
      .optional()
      .describe('Only this GPU: its index or its uuid.'),
  })
  .superRefine(checkRange)

/** Without `from`, the range is the `hours` (default 24) before `to` (default now). */
export type HistoryQuery = z.output<typeof historyQuerySchema>

/** `GET /metrics/:id/host-history`: the same of the host. */
export const hostHistoryQuerySchema = z.strictObject(rangeFields).superRefine(checkRange)
export type HostHistoryQuery = z.output<typeof hostHistoryQuerySchema>

/** `GET /metrics/:id/health-events`: a page of them, the newest first. */
export const healthEventsQuerySchema = pageQuery.extend({
  before: time.optional().describe('Only what changed before this time.'),
})
export type HealthEventsQuery = z.output<typeof healthEventsQuerySchema>
