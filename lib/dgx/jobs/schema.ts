import { z } from 'zod'
import {
  ignoring,
  jsonObject,
  line,
  name,
  queryFlag,
  reference,
  searchText,
  text,
  time,
  words,
} from '../fields'
import { pageQuery, sortBy } from '../pagination'

export const JOB_STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]

const fields = {
  project_id: reference,
  name,
  model_name: line(200).nullable(),
  status: z.enum(JOB_STATUSES),
  config: jsonObject,
  metrics: jsonObject,
  container_id: line(200).nullable(),
  notes: text(10_000).nullable(),
}

export const jobInput = z.strictObject({
  ...fields,
  model_name: fields.model_name.default(null),
  status: fields.status.default('pending'),
  config: fields.config.default({}),
  metrics: fields.metrics.default({}),
  container_id: fields.container_id.default(null),
  notes: fields.notes.default(null),
})
export type JobInput = z.infer<typeof jobInput>

/** A job whose project was deleted has none; sending that back changes nothing. */
export const jobUpdate = ignoring(
  [
    'id',
    'metric_count',
    'metrics_summary',
    'started_at',
    'completed_at',
    'created_at',
    'updated_at',
  ],
  z.strictObject({ ...fields, project_id: reference.nullable() }).partial(),
)
export type JobUpdate = z.infer<typeof jobUpdate>

export const jobListQuery = pageQuery.extend({
  project_id: reference.optional(),
  status: words(z.enum(JOB_STATUSES)).optional(),
  search: searchText.optional(),
  sort: sortBy('created', 'started', 'name', 'status').optional(),
  connection_id: reference.optional().describe('Only jobs of projects of this machine.'),
  overlaps_from: time('overlaps_from').optional().describe('Only jobs that ran at or after it.'),
  overlaps_to: time('overlaps_to').optional().describe('Only jobs that started before it.'),
})
export type JobListQuery = z.infer<typeof jobListQuery>

export const jobDeleteQuery = z.strictObject({ force: queryFlag })
