import { database } from '../../../db/client'
import { DgxError } from '../../errors'
import { findByIdOrName } from '../../references'
import type { HostPool } from '../../ssh/host-pool'
import type { SshPool } from '../../ssh/pool'
import { RUN_FILES } from '../runner/paths'
import type { JobStatus } from '../schema'
import type { EndReason, Phase } from '../states'
import type { LogStream } from './schema'

/** The run whose log is asked for, as the database has it now. */
export type LogRun = {
  job_id: string
  job_name: string
  /** 0 before the first. */
  attempt: number
  status: JobStatus
  phase: Phase
  end_reason: EndReason | null
  exit_code: number | null
  exit_signal: string | null
  /** Its log will not grow any more. */
  has_ended: boolean
  /** Its folder may not be there yet. */
  is_starting: boolean
  connection_id: string | null
  /** Sizes when they were last seen. */
  stdout_bytes: number
  stderr_bytes: number
}

/**
 * A job's run, the newest unless `attempt` says which.
 * @throws DgxError job_not_found, ambiguous_name, job_not_managed, attempt_not_found
 */
export async function findLogRun(options: {
  id: string
  attempt?: number | undefined
}): Promise<LogRun> {
  const job = await findByIdOrName({
    reference: options.id,
    noun: 'job',
    find: (where) => database().job.findMany({ where, take: 10 }),
  })
  if (job.phase === null) {
    throw new DgxError(
      'job_not_managed',
      `"${job.name}" is tracked by hand: nothing was started here, so there is no log. A job with a "command" has one.`,
    )
  }
  const number = options.attempt ?? job.attempt
  const run = await database().jobAttempt.findUnique({
    where: { job_id_attempt: { job_id: job.id, attempt: number } },
  })
  if (!run && options.attempt !== undefined) {
    throw new DgxError(
      'attempt_not_found',
      job.attempt === 0
        ? `"${job.name}" has not run yet, so there is no attempt ${number}.`
        : `"${job.name}" has no attempt ${number}; its newest is ${job.attempt}.`,
    )
  }
  return {
    job_id: job.id,
    job_name: job.name,
    attempt: run?.attempt ?? 0,
    // Written by this program only, in these words.
    status: job.status as JobStatus,
    phase: (run?.phase ?? job.phase) as Phase,
    end_reason: (run ?? job).end_reason as EndReason | null,
    exit_code: run ? run.exit_code : job.exit_code,
    exit_signal: run ? run.exit_signal : job.exit_signal,
    has_ended: (run?.phase ?? job.phase) === 'ended',
    is_starting: !run || run.phase === 'starting',
    connection_id: run?.connection_id ?? null,
    stdout_bytes: run?.stdout_bytes ?? 0,
    stderr_bytes: run?.stderr_bytes ?? 0,
  }
}

/** The machine of a run when it can be asked now. */
export function connectedHost(hosts: SshPool, connectionId: string | null): HostPool | null {
  const host = connectionId === null ? undefined : hosts.find(connectionId)
  return host?.state.status === 'connected' ? host : null
}

/** The path of a log as `readFiles` takes it. */
export const logPath = (run: Pick<LogRun, 'job_id' | 'attempt'>, stream: LogStream): string =>
  `${run.job_id}/${run.attempt}/${RUN_FILES[stream]}`

export function logGone(run: LogRun, data?: unknown): DgxError {
  return new DgxError(
    'log_gone',
    `The log of "${run.job_name}" (attempt ${run.attempt}) is not on its machine any more: its folder or file was deleted there.${data ? ' What was kept here of its end is in "data".' : ''}`,
    data ? { data } : {},
  )
}
