import type { RecentSample } from '../../recent-sample'
import type { Metrics } from '../gpu/types'
import type { Job } from '../jobs/records'
import type { ConnectionState } from '../ssh/schema'

/** The state of one connection has changed. */
export type ConnectionEvent = {
  type: 'connection'
  connection_id: string
  status: ConnectionState['status']
  last_error: ConnectionState['last_error']
  connected_at: string | null
}

/** What is sent as it happens. Each is whole in itself: a lost one is replaced by the next. */
export type LiveEvent =
  | { type: 'metrics'; connection_id: string; metrics: Metrics }
  /** What was missed since a given time, oldest first. */
  | { type: 'backfill'; connection_id: string; samples: RecentSample[] }
  | ConnectionEvent
  /** Connection records were added, changed or removed: read the list again. */
  | { type: 'connections_changed' }
  /** The same of projects. */
  | { type: 'projects_changed' }
  | { type: 'job'; job: Job }
  | { type: 'job_deleted'; job_id: string }
  | JobLogEvent
  /** How the log of a job's newest attempt is followed; `error` when it cannot be. */
  | {
      type: 'job_log_state'
      job_id: string
      attempt: number
      reachable: boolean
      ended: boolean
      error: { code: string; message: string } | null
    }

/** A piece of a log. A text that begins with `\r` goes on with a line by drawing it again. */
export type JobLogEvent = {
  type: 'job_log'
  job_id: string
  attempt: number
  stream: 'stdout' | 'stderr'
  text: string
  offset: number
  next_offset: number
  /** So much before it was left out, because there was more than could be given. */
  skipped_bytes: number
}

/**
 * `connections`, `projects`, `jobs`, `metrics` (every machine), `metrics:<connection id>` or
 * `job-log:<job id>`.
 */
export type Topic =
  | 'connections'
  | 'projects'
  | 'jobs'
  | 'metrics'
  | `metrics:${string}`
  | `job-log:${string}`

/** The topics that an event belongs to. */
export function topicsOf(event: LiveEvent): Topic[] {
  switch (event.type) {
    case 'metrics':
    case 'backfill':
      return ['metrics', `metrics:${event.connection_id}`]
    case 'job':
    case 'job_deleted':
      return ['jobs']
    case 'job_log':
    case 'job_log_state':
      return [`job-log:${event.job_id}`]
    case 'projects_changed':
      return ['projects']
    default:
      return ['connections']
  }
}

/** Of two waiting events with the same key only the newer is worth sending, or both `merged`. */
export function keyOf(event: LiveEvent): string {
  switch (event.type) {
    case 'job':
      return `job ${event.job.id}`
    case 'job_deleted':
      return `job ${event.job_id}`
    case 'job_log':
      return `job_log ${event.job_id} ${event.stream}`
    case 'job_log_state':
      return `job_log_state ${event.job_id}`
    case 'connections_changed':
    case 'projects_changed':
      return event.type
    default:
      return `${event.type} ${event.connection_id}`
  }
}

/** When the sample in an event was taken, ms since 1970; null where there is none, or many. */
export function sampledAt(event: LiveEvent | { type: 'ping' }): number | null {
  return event.type === 'metrics' ? Date.parse(event.metrics.recorded_at) : null
}

/** So much of a log waits for one listener, and may be sent as one event. */
const MOST_LOG_TEXT = 256 * 1024

/** What one listener gets in place of two events with the same key. */
export function merged(before: LiveEvent, after: LiveEvent): LiveEvent {
  if (before.type !== 'job_log' || after.type !== 'job_log') return after
  if (before.attempt !== after.attempt) return after
  const isNext = before.next_offset === after.offset && after.skipped_bytes === 0
  if (isNext && before.text.length + after.text.length <= MOST_LOG_TEXT) {
    const { offset, skipped_bytes } = before
    return { ...after, text: before.text + after.text, offset, skipped_bytes }
  }
  const skipped_bytes = Math.max(0, after.offset - before.offset + before.skipped_bytes)
  return { ...after, skipped_bytes }
}
