import { z } from 'zod'
import { moment } from '../fields'
import { gpuSample, hostSample, metrics } from '../gpu/types'
import { job } from '../jobs/answers'
import { LOG_STREAMS } from '../jobs/logs/schema'
import { approval } from '../safety/answers'
import { connectionState } from '../ssh/schema'
import type { Topic } from './events'

const MOST_TOPICS = 200

/** `connections`, `projects`, `jobs`, `approvals`, `metrics`, `metrics:<connection>` or `job-log:<job>`. */
export const topic = z
  .string()
  .max(300)
  .regex(
    /^(connections|projects|jobs|approvals|metrics|metrics:.+|job-log:.+)$/,
    'is not one of connections, projects, jobs, approvals, metrics, metrics:<connection>, job-log:<job>',
  )
  .transform((text) => text as Topic)

/** Milliseconds since 1970: samples after it are sent first, as far as memory goes back. */
const since = z.coerce.number().int().min(0)

/** What a client says over the WebSocket. */
export const liveRequest = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('subscribe'),
    topics: z.array(topic).max(MOST_TOPICS),
    since: since.optional(),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), topics: z.array(topic).max(MOST_TOPICS) }),
])

export const liveQuery = z.strictObject({
  topics: z
    .string()
    .default('connections,projects,jobs,metrics')
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(topic).max(MOST_TOPICS)),
  since: since.optional(),
})

export const streamQuery = z.strictObject({ since: since.optional() })

/** What is drawn of one GPU; unknown is null. */
const recentGpu = gpuSample.pick({
  uuid: true,
  index: true,
  gpu_utilization: true,
  memory_used_mb: true,
  temperature_c: true,
  power_watts: true,
  sm_clock_mhz: true,
})
export type RecentGpu = z.infer<typeof recentGpu>

const recentHost = hostSample
  .pick({
    cpu_utilization: true,
    load_1m: true,
    disk_used_gb: true,
    network_rx_bytes_per_s: true,
    network_tx_bytes_per_s: true,
  })
  .extend({
    memory_used_mb: z.number().nullable().describe('MiB that are not available to a new process.'),
  })
export type RecentHost = z.infer<typeof recentHost>

/** A sample cut down to what charts need; server and browser keep the last of them. */
const recentSample = z
  .strictObject({
    at: z.number().describe('Milliseconds since 1970.'),
    gpus: z.array(recentGpu).nullable().describe('Null where nvidia-smi had nothing new to say.'),
    host: recentHost,
  })
  .meta({ id: 'RecentSample' })
export type RecentSample = z.infer<typeof recentSample>

const connection_id = z.string()
const { status, last_error, connected_at } = connectionState.shape

/** The state of one connection has changed. */
const connectionEvent = z.strictObject({
  type: z.literal('connection'),
  connection_id,
  status,
  last_error,
  connected_at,
})
export type ConnectionEvent = z.infer<typeof connectionEvent>

/** A piece of a log. A text that begins with `\r` goes on with a line by drawing it again. */
const jobLogEvent = z.strictObject({
  type: z.literal('job_log'),
  job_id: z.string(),
  attempt: z.number().int(),
  stream: z.enum(LOG_STREAMS),
  text: z.string(),
  offset: z.number().int(),
  next_offset: z.number().int(),
  skipped_bytes: z
    .number()
    .int()
    .describe('So much before it was left out, because there was more than could be given.'),
})
export type JobLogEvent = z.infer<typeof jobLogEvent>

const liveEvents = [
  z
    .strictObject({ type: z.literal('metrics'), connection_id, metrics })
    .describe(
      'Each sample as it comes; the newest again when it becomes stale or other GPUs are free.',
    ),
  z
    .strictObject({
      type: z.literal('backfill'),
      connection_id,
      samples: z.array(recentSample),
    })
    .describe('What was missed since a given time, oldest first.'),
  connectionEvent,
  z
    .strictObject({ type: z.literal('connections_changed') })
    .describe('Connections were added, changed or removed: read the list again.'),
  z.strictObject({ type: z.literal('projects_changed') }).describe('The same of projects.'),
  z
    .strictObject({ type: z.literal('approvals'), waiting: z.array(approval) })
    .describe('All commands that wait for a person, whenever that changes.'),
  z.strictObject({ type: z.literal('job'), job }),
  z.strictObject({ type: z.literal('job_deleted'), job_id: z.string() }),
  jobLogEvent,
  z
    .strictObject({
      type: z.literal('job_log_state'),
      job_id: z.string(),
      attempt: z.number().int(),
      reachable: z.boolean(),
      ended: z.boolean(),
      error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
    })
    .describe("How the log of a job's newest attempt is followed; `error` when it cannot be."),
] as const

/** What is sent as it happens. Each is whole in itself: a lost one is replaced by the next. */
const liveEvent = z.discriminatedUnion('type', liveEvents)
export type LiveEvent = z.infer<typeof liveEvent>

/** A ping comes every 15 s while nothing happens. */
export const streamedEvent = z
  .discriminatedUnion('type', [
    ...liveEvents,
    z.strictObject({ type: z.literal('ping'), at: moment }),
  ])
  .meta({ id: 'LiveEvent' })
export type StreamedEvent = z.infer<typeof streamedEvent>
