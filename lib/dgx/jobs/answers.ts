import { z } from 'zod'
import { jsonObject, moment } from '../fields'
import { metricsSummary } from './metrics/answers'
import { JOB_STATUSES } from './schema'
import { END_REASONS, PHASES, WAIT_REASONS } from './states'

/** What is answered about jobs and their runs. */

const ID = '6e2f9a10-8b3c-4d57-a1e4-90c7d5b2f833'
const PROJECT_ID = 'b81d44f0-2c7a-4f19-8e0d-5a6b3c9d7e12'
const CONNECTION_ID = '3f0c2a5e-7d41-4b7e-9a55-1c2e8f60b9d4'
const GPU = 'GPU-5e1f0c2a-7d41-4b7e-9a55-1c2e8f60b9d4'

const count = z.number().int()
const textOrNull = z.string().nullable()
const texts = z.array(z.string())
const indices = z.array(count)

const jobLabel = z
  .strictObject({
    label: z.string(),
    count: count.describe('How many lines tell it.'),
    stream: z.enum(['stdout', 'stderr']),
    line: z.string().describe('The first of them, cut.'),
    offset: z.number().describe('Where that begins in the file.'),
    first_at: moment,
    last_at: moment,
  })
  .describe('Something that lines of a log tell.')
  .meta({
    id: 'JobLabel',
    examples: [
      {
        label: 'cuda_out_of_memory',
        count: 1,
        stream: 'stderr',
        line: 'torch.OutOfMemoryError: CUDA out of memory.',
        offset: 40213,
        first_at: '2026-11-23T22:41:06.020Z',
        last_at: '2026-11-23T22:41:06.020Z',
      },
    ],
  })
export type JobLabel = z.infer<typeof jobLabel>

const usage = z
  .strictObject({
    gpu_hours: z.number().describe('Time from start to end, once for each GPU held.'),
    gpu_utilization: z.number().nullable().describe('Percent, 0 to 100, over all GPUs held.'),
    peak_gpu_memory_mb: z
      .number()
      .nullable()
      .describe('MiB that its processes held at once, on all GPUs together.'),
    energy_kwh: z.number().nullable(),
    idle_since: moment
      .nullable()
      .describe(
        'Since when at least one GPU that is held has done nothing; null while all work, or for 5 minutes.',
      ),
  })
  .describe(
    'What runs made of the GPUs that they held. Only `gpu_hours` is known of every moment; the rest is of the time in which the machine was sampled, and null when that was never.',
  )
  .meta({
    id: 'JobUsage',
    examples: [
      {
        gpu_hours: 2.65,
        gpu_utilization: 91.4,
        peak_gpu_memory_mb: 71230,
        energy_kwh: 0.94,
        idle_since: null,
      },
    ],
  })
export type Usage = z.infer<typeof usage>

export const job = z
  .strictObject({
    id: z.string(),
    project_id: textOrNull,
    name: z.string(),
    model_name: textOrNull,
    status: z.enum(JOB_STATUSES),
    config: jsonObject,
    metrics: jsonObject,
    metric_count: count.describe('How many points the history of its metrics has.'),
    metrics_summary: metricsSummary.nullable().describe('What each metric was over all points.'),
    container_id: textOrNull,
    notes: textOrNull,
    tags: texts.nullable(),

    command: textOrNull.describe(
      'What runs. Null for a job that is tracked by hand; then what follows is at rest.',
    ),
    working_dir: textOrNull.describe("Null: the home folder of the machine's user."),
    env: z.record(z.string(), z.string()).nullable(),
    gpus: count,
    gpu_indices: indices
      .nullable()
      .describe('The GPUs that it must have; those that it has are `held_gpu_indices`.'),
    min_gpu_memory_mb: count.nullable(),
    priority: count,
    timeout_s: count.nullable(),
    max_retries: count,
    depends_on: texts.nullable().describe('Ids of jobs.'),
    connection_ids: texts.nullable().describe('Ids of machines, or `["any"]`.'),
    log_labels: z.array(z.strictObject({ label: z.string(), pattern: z.string() })).nullable(),
    metric_pattern: textOrNull,

    phase: z.enum(PHASES).nullable().describe('Finer than `status`; null when tracked by hand.'),
    wait_reason: z.enum(WAIT_REASONS).nullable(),
    end_reason: z.enum(END_REASONS).nullable().describe('Of its newest run.'),
    status_message: textOrNull.describe('One sentence about where it stands.'),
    reachable: z
      .boolean()
      .nullable()
      .describe('Whether its machine can be seen now; null where no run is.'),
    last_seen_at: moment.nullable().describe('When its machine last told of it.'),
    exit_code: count.nullable(),
    exit_signal: textOrNull,
    attempt: count.describe('Its newest run; 0 before the first.'),
    retries_left: count.describe('How many runs may follow by themselves.'),
    queue_position: count.nullable().describe('From 1, among all jobs that wait.'),
    queued_at: moment.nullable(),
    cancel_requested_at: moment.nullable(),
    connection_id: textOrNull.describe('The machine where it runs or last ran.'),
    gpu_uuids: texts.nullable().describe('What its newest run holds now; null: nothing.'),
    held_gpu_indices: indices.nullable(),
    labels: z.array(jobLabel).describe('What the log of its newest run tells, the first first.'),

    started_at: moment.nullable(),
    completed_at: moment.nullable(),
    created_at: moment,
    updated_at: moment,
  })
  .meta({
    id: 'Job',
    examples: [
      {
        id: ID,
        project_id: PROJECT_ID,
        name: 'Experiment 1',
        model_name: 'vit_base',
        status: 'running',
        config: { lr: 0.1 },
        metrics: { loss: 0.3 },
        metric_count: 1,
        metrics_summary: {
          loss: {
            count: 1,
            non_finite: 0,
            last: 0.3,
            min: 0.3,
            max: 0.3,
            min_step: 10,
            max_step: 10,
          },
        },
        container_id: null,
        notes: null,
        tags: ['baseline'],
        command: 'python train.py --lr 0.1',
        working_dir: '~/vision',
        env: { WANDB_MODE: 'offline' },
        gpus: 1,
        gpu_indices: null,
        min_gpu_memory_mb: null,
        priority: 0,
        timeout_s: null,
        max_retries: 0,
        depends_on: null,
        connection_ids: [CONNECTION_ID],
        log_labels: null,
        metric_pattern: null,
        phase: 'running',
        wait_reason: null,
        end_reason: null,
        status_message: 'Runs on dgx-1.',
        reachable: true,
        last_seen_at: '2026-11-23T20:05:00.551Z',
        exit_code: null,
        exit_signal: null,
        attempt: 1,
        retries_left: 0,
        queue_position: null,
        queued_at: '2026-11-23T20:02:10.880Z',
        cancel_requested_at: null,
        connection_id: CONNECTION_ID,
        gpu_uuids: [GPU],
        held_gpu_indices: [0],
        labels: [],
        started_at: '2026-11-23T20:02:11.172Z',
        completed_at: null,
        created_at: '2026-11-23T20:02:10.880Z',
        updated_at: '2026-11-23T20:02:11.302Z',
      },
    ],
  })
export type Job = z.infer<typeof job>

export const jobAttempt = z
  .strictObject({
    attempt: count.describe('From 1.'),
    connection_id: textOrNull,
    phase: z.enum(PHASES),
    gpu_uuids: texts.describe('The GPUs that it holds or held.'),
    gpu_indices: indices,
    created_at: moment,
    started_at: moment.nullable(),
    ended_at: moment.nullable(),
    end_reason: z.enum(END_REASONS).nullable(),
    exit_code: count.nullable(),
    exit_signal: textOrNull,
    pid: count.nullable().describe('Of its supervisor.'),
    process_group: count.nullable().describe('Of its command.'),
    stdout_bytes: z.number(),
    stderr_bytes: z.number(),
    git_commit: textOrNull.describe('Of its folder, where that is a working copy.'),
    git_is_dirty: z.boolean().nullable(),
    git_diff: textOrNull.describe('What differed from the commit, at most 256 KiB of it.'),
    labels: z.array(jobLabel),
    usage,
  })
  .describe('One run of a job.')
  .meta({
    id: 'JobAttempt',
    examples: [
      {
        attempt: 1,
        connection_id: CONNECTION_ID,
        phase: 'ended',
        gpu_uuids: [GPU],
        gpu_indices: [0],
        created_at: '2026-11-23T20:02:10.890Z',
        started_at: '2026-11-23T20:02:11.172Z',
        ended_at: '2026-11-23T22:41:07.551Z',
        end_reason: 'exit_zero',
        exit_code: 0,
        exit_signal: null,
        pid: 41207,
        process_group: 41215,
        stdout_bytes: 48211,
        stderr_bytes: 0,
        git_commit: '9fceb02c1d1b6a0d5b2f3f1e7a5c4d3e2f1a0b9c',
        git_is_dirty: false,
        git_diff: '',
        labels: [],
        usage: {
          gpu_hours: 2.65,
          gpu_utilization: 91.4,
          peak_gpu_memory_mb: 71230,
          energy_kwh: 0.94,
          idle_since: null,
        },
      },
    ],
  })
export type JobAttempt = z.infer<typeof jobAttempt>

export const jobWithAttempts = job
  .extend({
    attempts: z.array(jobAttempt).describe('Its runs, the newest last.'),
    usage: usage.nullable().describe('Of all its runs; null before the first.'),
  })
  .meta({ id: 'JobWithAttempts' })
export type JobWithAttempts = z.infer<typeof jobWithAttempts>

export const waitMeta = z
  .strictObject({ timed_out: z.boolean().describe('True when it has not come so far.') })
  .meta({ id: 'WaitMeta' })
