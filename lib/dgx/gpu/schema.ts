import { z } from 'zod'

const HOUR_MS = 3_600_000

/** A year that has a leap day, in hours. */
const MAX_HOURS = 8_784

const time = (name: string) =>
  z.iso
    .datetime({
      offset: true,
      // Else the checks below would meet the text that is no time.
      abort: true,
      error: `${name} must be a time like 2026-03-01T08:00:00Z`,
    })
    .transform((text) => new Date(text))

/** `GET /metrics/:id/history`: which range of which GPUs, in how many points. */
export const historyQuerySchema = z
  .strictObject({
    hours: z.coerce
      .number('hours must be a number')
      .positive('hours must be more than 0')
      .max(MAX_HOURS, `hours can be at most ${MAX_HOURS} (a year)`)
      .optional()
      .describe('Range that ends now, in hours; fractions are fine. 24 when nothing is given.'),
    from: time('from').optional().describe('Start of the range, instead of hours.'),
    to: time('to').optional().describe('End of the range; now when left out.'),
    gpu: z
      .string()
      .min(1, 'gpu must be the index or the uuid of a GPU')
      .max(100, 'gpu must be the index or the uuid of a GPU')
      .transform((text) => (/^\d{1,9}$/.test(text) ? Number(text) : text))
      .optional()
      .describe('Only this GPU: its index or its uuid.'),
    points: z.coerce
      .number('points must be a number')
      .int('points must be a whole number')
      .min(1, 'points must be at least 1')
      .max(2000, 'points can be at most 2000')
      .default(300)
      .describe('At most so many rows per GPU.'),
    format: z.enum(['json', 'csv'], 'format must be json or csv').default('json'),
  })
  .superRefine(({ hours, from, to }, context) => {
    const issue = (path: 'hours' | 'from' | 'to', message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (hours !== undefined && (from ?? to)) {
      issue('hours', 'give either hours or from and to, not both')
      return
    }
    if (to && !from) {
      issue('from', 'to needs from: the start of the range')
      return
    }
    if (!from) return
    const range = (to?.getTime() ?? Date.now()) - from.getTime()
    if (range <= 0) issue('from', `from must be before ${to ? 'to' : 'now'}`)
    if (range > MAX_HOURS * HOUR_MS) {
      issue('from', `the range can be at most ${MAX_HOURS} hours (a year) long`)
    }
  })

/** Without `from`, the range is the `hours` (default 24) before `to` (default now). */
export type HistoryQuery = z.output<typeof historyQuerySchema>
