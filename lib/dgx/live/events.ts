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

/**
 * `connections`, `projects`, `jobs`, `metrics` (every machine) or `metrics:<connection id>`.
 */
export type Topic = 'connections' | 'projects' | 'jobs' | 'metrics' | `metrics:${string}`

/** The topics that an event belongs to. */
export function topicsOf(event: LiveEvent): Topic[] {
  switch (event.type) {
    case 'metrics':
    case 'backfill':
      return ['metrics', `metrics:${event.connection_id}`]
    case 'job':
    case 'job_deleted':
      return ['jobs']
    case 'projects_changed':
      return ['projects']
    default:
      return ['connections']
  }
}

/** Of two waiting events with the same key only the newer is worth sending. */
export function keyOf(event: LiveEvent): string {
  switch (event.type) {
    case 'job':
      return `job ${event.job.id}`
    case 'job_deleted':
      return `job ${event.job_id}`
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
