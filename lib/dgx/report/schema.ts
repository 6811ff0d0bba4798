import { z } from 'zod'
import { reference } from '../fields'
import { checkRange, timeRange } from '../gpu/schema'

/** A week. */
export const DEFAULT_HOURS = 7 * 24

/** `GET /report`: of which time, machine and project, and in which form. */
export const reportQuery = z
  .strictObject({
    ...timeRange(DEFAULT_HOURS),
    connection_id: reference.optional().describe('Only this machine: its id or name.'),
    project_id: reference
      .optional()
      .describe('Only the runs and jobs of this project: its id or name.'),
    format: z.enum(['json', 'md', 'csv'], 'must be json, md or csv').default('json'),
  })
  .superRefine((query, context) => {
    checkRange(query, context)
    if (query.to && query.from && query.from.getTime() >= Date.now()) {
      context.addIssue({ code: 'custom', path: ['from'], message: 'must be before now' })
    }
  })

/** Without `from` and `to` the range is the `hours` (default 168) before now. */
export type ReportQuery = z.output<typeof reportQuery>
