import { z } from 'zod'
import { cancelJob, createJobOnce, getJob, listJobs, waitForJob } from '../dgx'
import { DgxError } from '../dgx/errors'
import { reference } from '../dgx/fields'
import { JOB_STATUSES, jobListQuery, type ManagedJobInput, managedInput } from '../dgx/jobs/schema'
import { briefText, jobBrief, jobLine, lineText, toBrief, toLine } from './job-brief'
import { MOST_WAIT_S, READS, tool } from './tool'

export const job = reference.describe('Id or exact name of a job.')

const {
  name,
  command,
  working_dir,
  env,
  gpus,
  gpu_indices,
  min_gpu_memory_mb,
  timeout_s,
  max_retries,
  priority,
  depends_on,
  config,
  tags,
  notes,
  metric_pattern,
} = managedInput.shape

export const startJob = tool({
  name: 'start_job',
  title: 'Start a job',
  description:
    'Starts a training run or another long command as a job: it waits for free GPUs, gets CUDA_VISIBLE_DEVICES, runs detached on the machine, survives lost connections, and its log and metrics (lines like "step=10 loss=0.5", or JSON) are collected. Returns at once; then call wait_for_job. Calling again with the same client_token gives the same job, so that a retry never starts it twice.',
  input: z.strictObject({
    client_token: z
      .string()
      .min(8)
      .max(200)
      .describe('New for each job, the same when the call is repeated; for example a UUID.'),
    name,
    command,
    machine: reference
      .nullable()
      .default(null)
      .describe('Name or id, or "any". Without it the machine of the project.'),
    project: reference.nullable().default(null).describe('Name or id.'),
    gpus: gpus.describe('How many. Without it 1, or as many as gpu_indices names; 0 for none.'),
    gpu_indices,
    min_gpu_memory_mb,
    working_dir: working_dir.describe('Without it the folder of the project, or the home folder.'),
    env,
    config: config.describe('Hyperparameters, for compare_jobs.'),
    tags,
    notes,
    timeout_s,
    max_retries,
    priority,
    depends_on: depends_on.describe('Jobs that must complete first.'),
    metric_pattern: metric_pattern.describe(
      'A regular expression with named groups, for logs of another form.',
    ),
    wait_s: z
      .number()
      .min(0)
      .max(MOST_WAIT_S)
      .default(MOST_WAIT_S)
      .describe('How long to wait for a person, where one has to be asked.'),
  }),
  output: z.strictObject({
    job: jobBrief
      .nullable()
      .describe('Null: a person at the app must allow it. Call again with the same client_token.'),
    is_new: z.boolean().describe('False: this client_token had started it before.'),
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  audit: {
    action: 'createJob',
    subject: 'job',
    endOf: ({ job, is_new }) => (job && is_new ? { reference: job.id } : null),
  },
  run: async ({ client_token, machine, project, wait_s, ...order }, { asker, whileWaiting }) => {
    const input: ManagedJobInput = managedInput.parse({
      ...order,
      project_id: project,
      ...(machine === 'any' ? { connection_ids: 'any' } : { connection_id: machine }),
    })
    const creating = createJobOnce({
      ...{ client_token, input, ...asker },
      wait_ms: wait_s * 1000,
    })
    const { job, is_new } = await whileWaiting('A person is asked', creating)
    if (job === null) {
      return {
        data: { job, is_new },
        text: 'Not created yet: a person at the app must allow it. Tell them, and call again with the same client_token to go on waiting; do not rephrase the command.',
      }
    }
    const data = { job: toBrief(await getJob({ id: job.id })), is_new }
    const first = is_new ? 'Created.' : 'This client_token had started it before.'
    return { data, text: `${first}\n${briefText(data.job)}` }
  },
})

export const jobStatus = tool({
  name: 'job_status',
  title: 'Status of jobs',
  description:
    'Where one job stands: status, why it waits, its GPUs, how it ended, what its log tells, last metrics. Without "job" it lists the newest jobs.',
  input: z.strictObject({
    job: job.optional(),
    project: reference.optional().describe('Lists only jobs of this project.'),
    status: z.array(z.enum(JOB_STATUSES)).min(1).optional().describe('Lists only these.'),
    limit: z.number().int().min(1).max(100).default(10).describe('Of the list.'),
    cursor: z.string().max(200).optional().describe('next_cursor of the list before.'),
  }),
  output: z.strictObject({
    job: jobBrief.nullable(),
    jobs: z.array(jobLine).describe('The newest first.'),
    total: z.number().int(),
    next_cursor: z.string().nullable(),
  }),
  annotations: READS,
  run: async ({ job, project, status, limit, cursor }) => {
    if (job !== undefined) {
      const brief = toBrief(await getJob({ id: job }))
      return {
        data: { job: brief, jobs: [], total: 1, next_cursor: null },
        text: briefText(brief),
      }
    }
    const query = jobListQuery.parse({ limit, cursor, project_id: project, status: status?.join() })
    const { items, total, next_cursor } = await listJobs(query)
    const jobs = items.map(toLine)
    const rest = next_cursor ? [`More of ${total}: cursor ${next_cursor}`] : []
    return {
      data: { job: null, jobs, total, next_cursor },
      text: [...jobs.map(lineText), ...rest].join('\n') || 'There is no such job.',
    }
  },
})

export const waitForJobTool = tool({
  name: 'wait_for_job',
  title: 'Wait for a job',
  description:
    'Waits up to wait_s until a job has ended ("ended"), runs ("running") or its status is another one than now ("change"), and returns at once when that is so. timed_out: true says that it is not so yet: call again. One long wait costs less than many looks.',
  input: z.strictObject({
    job,
    until: z.enum(['ended', 'running', 'change']).default('ended'),
    wait_s: z.number().min(0).max(MOST_WAIT_S).default(MOST_WAIT_S),
  }),
  output: z.strictObject({ job: jobBrief, timed_out: z.boolean() }),
  annotations: READS,
  run: async ({ job, until, wait_s }, { signal, whileWaiting }) => {
    const now = await getJob({ id: job })
    if (now.phase === null && wait_s > 0) {
      throw new DgxError(
        'job_not_managed',
        `${now.name} is tracked by hand: nothing runs here that would end by itself.`,
      )
    }
    const statuses = {
      ended: ['terminal' as const],
      running: ['running' as const],
      change: JOB_STATUSES.filter((status) => status !== now.status),
    }
    const waited = await whileWaiting(
      `${now.name} is waited for`,
      waitForJob({ id: now.id, until: statuses[until], timeout_s: wait_s, signal }),
    )
    const data = { job: toBrief(waited.job), timed_out: waited.timed_out }
    const first = waited.timed_out ? ['Not yet: call again to go on waiting.'] : []
    return { data, text: [...first, briefText(data.job)].join('\n') }
  },
})

export const cancelJobTool = tool({
  name: 'cancel_job',
  title: 'Cancel a job',
  description:
    'Ends a job: at once while it waits, else TERM to all of its processes, so that it can save a checkpoint, and KILL after a grace. Cancelling twice is harmless. wait_for_job tells when it is over and its GPUs are free.',
  input: z.strictObject({ job }),
  output: z.strictObject({ job: jobBrief }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  audit: {
    action: 'cancelJob',
    subject: 'job',
    reference: ({ job }) => job,
    endOf: () => ({}),
  },
  run: async ({ job }) => {
    const { id } = await cancelJob({ id: job })
    const data = { job: toBrief(await getJob({ id })) }
    return { data, text: briefText(data.job) }
  },
})
