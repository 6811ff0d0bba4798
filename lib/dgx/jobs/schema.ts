import { z } from 'zod'
import {
  command,
  environment,
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

/** What every job has, run by the app or tracked by hand. */
const fields = {
  project_id: reference,
  name,
  model_name: line(200).nullable(),
  status: z.enum(JOB_STATUSES),
  config: jsonObject,
  metrics: jsonObject,
  container_id: line(200).nullable(),
  notes: text(10_000).nullable(),
  tags: z.array(line(100)).max(50).nullable(),
}

const isUnique = (values: readonly unknown[]) => new Set(values).size === values.length

/** Set by whatever starts the run; another value would make it untrue or hard to find. */
const RESERVED_ENV =
  /^(DGX_JOB_ID|DGX_JOB_DIR|DGX_ATTEMPT|DGX_RUN_TOKEN|DGX_METRICS_FILE|CUDA_VISIBLE_DEVICES|CUDA_DEVICE_ORDER)$/

const env = environment
  .refine((all) => Object.keys(all).length <= 200, 'has more than 200 variables')
  .superRefine((all, context) => {
    for (const key of Object.keys(all)) {
      if (RESERVED_ENV.test(key)) {
        context.addIssue({ code: 'custom', path: [key], message: 'is set by the app itself' })
      }
    }
  })

const pattern = line(1000).refine(isRegExp, 'is not a regular expression')

function isRegExp(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

/** What only a job with a command has. */
const managed = {
  command,
  working_dir: line(4096).nullable(),
  env: env.nullable(),
  gpus: z.number().int().min(0).max(1024),
  gpu_indices: z
    .array(z.number().int().min(0).max(1023))
    .min(1, 'is empty')
    .max(1024)
    .refine(isUnique, 'names a GPU twice')
    .nullable(),
  min_gpu_memory_mb: z.number().int().min(1).max(1e9).nullable(),
  priority: z.number().int().min(-1_000_000).max(1_000_000),
  timeout_s: z.number().int().min(1).max(31_536_000, 'is more than a year').nullable(),
  max_retries: z.number().int().min(0).max(100),
  depends_on: z.array(reference).max(100).nullable(),
  connection_id: reference.nullable(),
  connection_ids: z
    .union([
      z.literal('any').transform(() => ['any']),
      z.array(reference).min(1, 'is empty').max(100),
    ])
    .nullable(),
  log_labels: z
    .array(z.strictObject({ label: line(100), pattern }))
    .max(50)
    .nullable(),
  metric_pattern: pattern.nullable(),
}

const optional = {
  model_name: fields.model_name.default(null),
  config: fields.config.default({}),
  metrics: fields.metrics.default({}),
  container_id: fields.container_id.default(null),
  notes: fields.notes.default(null),
  tags: fields.tags.default(null),
}

const needsCommand = z.null('is only for a job with a command').optional()

const trackedInput = z.strictObject({
  project_id: fields.project_id,
  name,
  status: fields.status.default('pending'),
  ...optional,
  ...(Object.fromEntries(
    [...Object.keys(managed), 'start'].map((key) => [key, needsCommand]),
  ) as Record<keyof typeof managed | 'start', typeof needsCommand>),
})
export type TrackedJobInput = z.infer<typeof trackedInput>

export const managedInput = z.strictObject({
  project_id: reference.nullable().default(null),
  name,
  ...optional,
  ...managed,
  working_dir: managed.working_dir.default(null),
  env: managed.env.default(null),
  /** Null: as many as `gpu_indices` names, else one. */
  gpus: managed.gpus.nullable().default(null),
  gpu_indices: managed.gpu_indices.default(null),
  min_gpu_memory_mb: managed.min_gpu_memory_mb.default(null),
  priority: managed.priority.default(0),
  timeout_s: managed.timeout_s.default(null),
  max_retries: managed.max_retries.default(0),
  depends_on: managed.depends_on.default(null),
  connection_id: managed.connection_id.default(null),
  connection_ids: managed.connection_ids.default(null),
  log_labels: managed.log_labels.default(null),
  metric_pattern: managed.metric_pattern.default(null),
  start: z.boolean().default(true),
})
export type ManagedJobInput = z.infer<typeof managedInput>

export type JobInput = TrackedJobInput | ManagedJobInput

/** Both kinds in one, for the description only: which one it is shows when it is read. */
const { $schema: _, ...described } = z.toJSONSchema(
  z.strictObject({
    ...managedInput.shape,
    project_id: managedInput.shape.project_id.describe(
      'Required for a job that is tracked by hand.',
    ),
    command: command
      .optional()
      .describe('The app runs it on a machine. Without one the job is tracked by hand.'),
    status: fields.status.default('pending').describe('Only of a job that is tracked by hand.'),
  }),
  { io: 'input' },
)
const EXAMPLE = { name: 'Experiment 1', project_id: 'vit', command: 'python train.py', gpus: 1 }

/** A job with a command is run by the app; one without is tracked by hand. */
export const jobInput = z
  .unknown()
  .meta({ ...described, examples: [EXAMPLE] })
  .transform((value, context): JobInput => {
    const command =
      typeof value === 'object' && value !== null ? Reflect.get(value, 'command') : null
    const result = (command == null ? trackedInput : managedInput).safeParse(value)
    if (result.success) return result.data
    // Zod types an issue by the input that it met; this one is told of the whole.
    type Issue = (typeof context.issues)[number]
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: value } as Issue)
    return z.NEVER
  })

/** What an answer has and nobody can set. */
const READ_ONLY = [
  'id',
  'phase',
  'wait_reason',
  'end_reason',
  'status_message',
  'reachable',
  'last_seen_at',
  'exit_code',
  'exit_signal',
  'attempt',
  'attempts',
  'labels',
  'usage',
  'metric_count',
  'metrics_summary',
  'retries_left',
  'queue_position',
  'queued_at',
  'cancel_requested_at',
  'gpu_uuids',
  'held_gpu_indices',
  'started_at',
  'completed_at',
  'created_at',
  'updated_at',
]

/**
 * Whatever GET gave may be sent back. A job whose project was deleted has none, and one that is
 * tracked by hand has no command; saying so again changes nothing.
 */
export const jobUpdate = ignoring(
  READ_ONLY,
  z
    .strictObject({
      ...fields,
      project_id: reference.nullable(),
      ...managed,
      command: managed.command.nullable(),
    })
    .partial(),
).meta({ examples: [{ notes: 'Diverged; try a longer warm-up.' }] })
export type JobUpdate = z.infer<typeof jobUpdate>

/** What differs in a clone. */
export const jobCloneInput = ignoring(
  READ_ONLY,
  z
    .strictObject({
      ...fields,
      project_id: reference.nullable(),
      ...managed,
      start: z.boolean(),
    })
    .partial(),
).meta({ examples: [{ name: 'Experiment 2', command: 'python train.py --lr 0.1' }] })
export type JobCloneInput = z.infer<typeof jobCloneInput>

/** What can be wrong with what a job asks for. */
export const ORDER_ERRORS = [
  'project_not_found',
  'connection_not_found',
  'job_not_found',
  'does_not_fit',
] as const

export const jobCreateQuery = z.strictObject({ dry_run: queryFlag })

export const jobWaitQuery = z.strictObject({
  /** Long enough to be worth it, short enough for every proxy and agent on the way. */
  timeout_s: z.coerce.number().min(0).max(55, 'is more than 55').default(30),
  until: words(z.enum([...JOB_STATUSES, 'terminal'])).default(['terminal']),
})
export type JobWaitQuery = z.infer<typeof jobWaitQuery>

export const gpuListQuery = z.strictObject({
  free: queryFlag,
  connection_id: reference.optional(),
})
export type GpuListQuery = z.infer<typeof gpuListQuery>

export const jobListQuery = pageQuery.extend({
  project_id: reference.optional(),
  status: words(z.enum(JOB_STATUSES)).optional(),
  search: searchText.optional(),
  sort: sortBy('created', 'started', 'name', 'status').optional(),
  connection_id: reference.optional().describe('Only jobs of this machine or of its projects.'),
  overlaps_from: time.optional().describe('Only jobs that ran at or after it.'),
  overlaps_to: time.optional().describe('Only jobs that started before it.'),
})
export type JobListQuery = z.infer<typeof jobListQuery>

export const jobDeleteQuery = z.strictObject({ force: queryFlag })
