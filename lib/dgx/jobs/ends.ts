import type { Prisma } from '../../db/generated/client'
import type { AuditLog, NewEntry } from '../audit/log'
import { AUDITED, jobEntry } from './audit'
import {
  type AttemptKey,
  closeAttempts,
  endAttempts,
  endJobs,
  type JobChange,
  releaseLeases,
} from './runs.sql'
import { describeEnd, type EndReason, isRetried as mayRetry, statusOf, statusOfEnd } from './states'

/** How a run ended, as far as it is known. */
export type RunEnd = {
  reason: EndReason
  exit_code: number | null
  exit_signal: string | null
  /** What the machine said of it. */
  message: string | null
  ended_at: Date
  /** Sizes of its logs; null where they are not known. */
  stdout_bytes: number | null
  stderr_bytes: number | null
}

/** `isGone` says that no process of it is left on its machine. */
export type EndedRun = AttemptKey & {
  machine: string
  end: RunEnd
  started_at: Date | null
  isGone: boolean
}

/**
 * Stores how runs ended, in a few statements for any number of them. An end that is stored is never
 * written over, and each has its entry in the audit trail. @returns the runs of which something changed
 */
export async function storeEnds(
  tx: Prisma.TransactionClient,
  runs: readonly EndedRun[],
  audit: Pick<AuditLog, 'writeIn'>,
): Promise<AttemptKey[]> {
  const written = await endAttempts(
    tx,
    runs.map(({ job_id, attempt, started_at, end, isGone }) => ({
      ...{ job_id, attempt },
      phase: isGone ? 'ended' : 'stopping',
      started_at: started_at?.getTime() ?? null,
      ended_at: end.ended_at.getTime(),
      end_reason: end.reason,
      exit_code: end.exit_code,
      exit_signal: end.exit_signal,
      stdout_bytes: end.stdout_bytes,
      stderr_bytes: end.stderr_bytes,
    })),
  )
  const keys = new Set(written.map(keyOf))
  const ended = runs.filter((run) => keys.has(keyOf(run)))
  const { changes, entries } = await jobChanges(tx, ended)
  await endJobs(tx, changes, new Date())
  await audit.writeIn(tx, entries)
  await releaseLeases(
    tx,
    ended.filter(({ isGone }) => isGone),
  )
  const known = runs.filter((run) => run.isGone && !keys.has(keyOf(run)))
  return [...written, ...(await closeRuns(tx, known))]
}

/** Gives back the GPUs of runs whose ends are stored. @returns those that were not closed yet */
export async function closeRuns(
  tx: Prisma.TransactionClient,
  runs: readonly AttemptKey[],
): Promise<AttemptKey[]> {
  if (runs.length === 0) return []
  const closed = await closeAttempts(tx, runs)
  await releaseLeases(tx, closed)
  return closed
}

/** What the ends of their runs make of jobs: another try, or their own end. */
async function jobChanges(
  tx: Prisma.TransactionClient,
  runs: readonly EndedRun[],
): Promise<{ changes: JobChange[]; entries: NewEntry[] }> {
  const jobs = await tx.job.findMany({
    where: { id: { in: runs.map(({ job_id }) => job_id) } },
    select: {
      ...{ ...AUDITED, timeout_s: true, retries_left: true },
      ...{ started_at: true, cancel_requested_at: true },
    },
  })
  const known = new Map(jobs.map((job) => [job.id, job]))
  const entries: NewEntry[] = []
  const changes = runs.flatMap((run): JobChange[] => {
    const { job_id, attempt, machine, end, started_at } = run
    const job = known.get(job_id)
    if (!job) return []
    const { timeout_s, retries_left, cancel_requested_at } = job
    const told = describeEnd({ ...end, machine, timeout_s })
    const { reason, exit_code, exit_signal, ended_at } = end
    const change = { job_id, attempt, end_reason: reason, exit_code, exit_signal }
    const isRetried = retries_left > 0 && cancel_requested_at === null && mayRetry(reason)
    entries.push(entryOf(job, run, isRetried))
    if (isRetried) {
      return [
        {
          ...change,
          phase: 'queued',
          status: statusOf('queued'),
          status_message: `Waits for its next try. Attempt ${attempt}: ${told}`,
          retries_left: retries_left - 1,
          started_at: null,
          completed_at: null,
        },
      ]
    }
    return [
      {
        ...change,
        phase: 'ended',
        status: statusOfEnd(reason),
        status_message: told,
        retries_left,
        started_at: (started_at ?? job.started_at)?.getTime() ?? null,
        completed_at: ended_at.getTime(),
      },
    ]
  })
  return { changes, entries }
}

/** How a run ended, and whether its job is tried again. */
function entryOf(
  job: Parameters<typeof jobEntry>[0] & { started_at: Date | null },
  { attempt, end, started_at }: EndedRun,
  isRetried: boolean,
): NewEntry {
  const { reason, exit_code, exit_signal, ended_at } = end
  const begun = started_at ?? job.started_at
  return jobEntry(job, isRetried ? 'jobRetried' : 'jobEnded', {
    outcome: reason === 'exit_zero' ? 'ok' : reason,
    exit_code,
    duration_ms: begun && Math.max(0, ended_at.getTime() - begun.getTime()),
    detail: { attempt, ...(exit_signal ? { exit_signal } : {}) },
  })
}

const keyOf = ({ job_id, attempt }: AttemptKey) => `${job_id} ${attempt}`
