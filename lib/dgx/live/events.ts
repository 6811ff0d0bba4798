import type { ConnectionEvent, JobLogEvent, LiveEvent } from './schema'

export type { ConnectionEvent, JobLogEvent, LiveEvent }

/**
 * `connections`, `projects`, `jobs`, `approvals`, `metrics` (every machine),
 * `metrics:<connection id>` or `job-log:<job id>`.
 */
export type Topic =
  | 'connections'
  | 'projects'
  | 'jobs'
  | 'approvals'
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
    case 'approvals':
      return ['approvals']
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
    case 'approvals':
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
