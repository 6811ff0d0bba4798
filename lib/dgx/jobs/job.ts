import type {
  JobAttempt as AttemptRow,
  JobLabel as LabelRow,
  Prisma,
  Job as Row,
} from '../../db/generated/client'
import type { Job, JobAttempt, JobLabel } from './answers'
import { type EndReason, isActive, type Phase } from './states'
import { usageOf } from './usage'

/** What of a job is known only to the running app. */
export type JobLive = {
  isConnected(connectionId: string): boolean
  queuePosition(jobId: string): number | null
}

const LABELS_IN_ORDER = { orderBy: { first_at: 'asc' } } as const

export const WITH_LABELS = { labels: LABELS_IN_ORDER } as const satisfies Prisma.JobAttemptInclude

/** What `toJob` needs beside the row: the newest attempt. */
export const WITH_NEWEST_ATTEMPT = {
  attempts: {
    select: { phase: true, gpu_uuids: true, gpu_indices: true, labels: LABELS_IN_ORDER },
    orderBy: { attempt: 'desc' },
    take: 1,
  },
} as const satisfies Prisma.JobInclude

export type JobRow = Row & {
  attempts: (Pick<AttemptRow, 'phase' | 'gpu_uuids' | 'gpu_indices'> & { labels: LabelRow[] })[]
}

const iso = (time: Date | null) => time?.toISOString() ?? null

/** @param live asked only for a job that waits or runs */
export function toJob({ attempts: [newest], ...row }: JobRow, live: () => JobLive): Job {
  const holds = newest && newest.phase !== 'ended' ? newest : null
  const machine = isActive(row.phase) ? row.connection_id : null
  const reachable = machine === null ? null : live().isConnected(machine)
  return {
    ...row,
    // Written by this program only, in these shapes.
    ...(row as Pick<
      Job,
      | 'status'
      | 'config'
      | 'metrics'
      | 'metrics_summary'
      | 'tags'
      | 'env'
      | 'gpu_indices'
      | 'depends_on'
      | 'connection_ids'
      | 'log_labels'
      | 'phase'
      | 'wait_reason'
      | 'end_reason'
    >),
    status_message:
      reachable === false
        ? `${row.status_message ?? ''} Its machine cannot be reached now, so this is what was last known.`.trim()
        : row.status_message,
    reachable,
    queue_position: row.phase === 'queued' ? live().queuePosition(row.id) : null,
    gpu_uuids: (holds?.gpu_uuids as string[] | undefined) ?? null,
    held_gpu_indices: (holds?.gpu_indices as number[] | undefined) ?? null,
    labels: newest?.labels.map(toLabel) ?? [],
    last_seen_at: iso(row.last_seen_at),
    queued_at: iso(row.queued_at),
    cancel_requested_at: iso(row.cancel_requested_at),
    started_at: iso(row.started_at),
    completed_at: iso(row.completed_at),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function toAttempt(row: AttemptRow & { labels: LabelRow[] }): JobAttempt {
  return {
    attempt: row.attempt,
    connection_id: row.connection_id,
    // Written by this program only, in these shapes.
    phase: row.phase as Phase,
    gpu_uuids: row.gpu_uuids as string[],
    gpu_indices: row.gpu_indices as number[],
    created_at: row.created_at.toISOString(),
    started_at: iso(row.started_at),
    ended_at: iso(row.ended_at),
    end_reason: row.end_reason as EndReason | null,
    exit_code: row.exit_code,
    exit_signal: row.exit_signal,
    pid: row.pid,
    process_group: row.process_group,
    stdout_bytes: row.stdout_bytes,
    stderr_bytes: row.stderr_bytes,
    git_commit: row.git_commit,
    git_is_dirty: row.git_is_dirty,
    git_diff: row.git_diff,
    labels: row.labels.map(toLabel),
    usage: usageOf([row], Date.now()),
  }
}

const toLabel = (row: LabelRow): JobLabel => ({
  label: row.label,
  count: row.count,
  // Written by this program only.
  stream: row.stream as JobLabel['stream'],
  line: row.line,
  offset: row.offset_bytes,
  first_at: row.first_at.toISOString(),
  last_at: row.last_at.toISOString(),
})
