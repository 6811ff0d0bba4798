import type {
  JobAttempt as AttemptRow,
  JobLabel as LabelRow,
  Prisma,
  Job as Row,
} from '../../db/generated/client'
import type { JobStatus } from './schema'
import { type EndReason, isActive, type Phase, type WaitReason } from './states'
import { type Usage, usageOf } from './usage'

/** A job as every answer and every live event gives it. */
export type Job = {
  id: string
  project_id: string | null
  name: string
  model_name: string | null
  status: JobStatus
  config: Record<string, unknown>
  metrics: Record<string, unknown>
  /** How many points its history has. */
  metric_count: number
  /** First, last, least and greatest value of each metric, see metrics/summary.ts. */
  metrics_summary: unknown
  container_id: string | null
  notes: string | null
  tags: string[] | null

  /** What runs; null for a job that is tracked by hand, and then all of this block is at rest. */
  command: string | null
  /** Null: the home folder of the machine's user. */
  working_dir: string | null
  env: Record<string, string> | null
  gpus: number
  /** The GPUs that it must have; those that it has are `held_gpu_indices`. */
  gpu_indices: number[] | null
  min_gpu_memory_mb: number | null
  priority: number
  timeout_s: number | null
  max_retries: number
  /** Ids of jobs. */
  depends_on: string[] | null
  /** Ids of machines, or `["any"]`. */
  connection_ids: string[] | null
  log_labels: Array<{ label: string; pattern: string }> | null
  metric_pattern: string | null

  /** Finer than `status`; null when tracked by hand. */
  phase: Phase | null
  wait_reason: WaitReason | null
  end_reason: EndReason | null
  status_message: string | null
  /** Whether its machine can be seen now; null where no run is. */
  reachable: boolean | null
  /** When its machine last told of it. */
  last_seen_at: string | null
  exit_code: number | null
  exit_signal: string | null
  attempt: number
  retries_left: number
  /** From 1, among all jobs that wait; null when it does not. */
  queue_position: number | null
  queued_at: string | null
  cancel_requested_at: string | null
  /** The machine it runs or last ran on. */
  connection_id: string | null
  /** What its newest run holds now; null when it holds nothing. */
  gpu_uuids: string[] | null
  held_gpu_indices: number[] | null
  /** What the log of its newest run tells, the first first. */
  labels: JobLabel[]

  started_at: string | null
  completed_at: string | null
  created_at: string
  updated_at: string
}

/** Something that lines of a log tell, such as `cuda_out_of_memory`. */
export type JobLabel = {
  label: string
  /** How many lines do. */
  count: number
  stream: 'stdout' | 'stderr'
  /** The first of them, cut, and where it begins in the file. */
  line: string
  offset: number
  first_at: string
  last_at: string
}

/** One run of a job. */
export type JobAttempt = {
  attempt: number
  connection_id: string | null
  phase: Phase
  gpu_uuids: string[]
  gpu_indices: number[]
  created_at: string
  started_at: string | null
  ended_at: string | null
  end_reason: EndReason | null
  exit_code: number | null
  exit_signal: string | null
  pid: number | null
  process_group: number | null
  stdout_bytes: number
  stderr_bytes: number
  git_commit: string | null
  git_is_dirty: boolean | null
  git_diff: string | null
  labels: JobLabel[]
  usage: Usage
}

/** A job with its runs, the newest last, and what all of them used; null before the first. */
export type JobDetails = Job & { attempts: JobAttempt[]; usage: Usage | null }

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
