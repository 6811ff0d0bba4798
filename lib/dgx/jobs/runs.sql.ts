/** Changes of many runs at once: a statement takes them all, as JSON. Times are integer milliseconds. */
import { z } from 'zod'
import type { PrismaClient } from '../../db/generated/client'
import { whole } from '../gpu/samples.sql'

type Db = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>

export type AttemptKey = { job_id: string; attempt: number }

const attemptKeys = z.array(z.object({ job_id: z.string(), attempt: whole }))

const keysAsJson = (runs: readonly AttemptKey[]) =>
  JSON.stringify(runs.map(({ job_id, attempt }) => ({ job_id, attempt })))

export type AttemptEnd = AttemptKey & {
  phase: string
  started_at: number | null
  ended_at: number
  end_reason: string
  exit_code: number | null
  exit_signal: string | null
  stdout_bytes: number | null
  stderr_bytes: number | null
}

/** Writes ends of runs that have none; null keeps what was known. @returns those that it wrote */
export async function endAttempts(db: Db, ends: readonly AttemptEnd[]): Promise<AttemptKey[]> {
  const written = await db.$queryRaw`
    UPDATE dgx_job_attempts AS run SET
      phase = new.phase,
      started_at = coalesce(new.started_at, run.started_at),
      ended_at = new.ended_at,
      end_reason = new.end_reason,
      exit_code = new.exit_code,
      exit_signal = new.exit_signal,
      stdout_bytes = coalesce(new.stdout_bytes, run.stdout_bytes),
      stderr_bytes = coalesce(new.stderr_bytes, run.stderr_bytes)
    FROM (
      SELECT value->>'job_id' AS job_id, value->>'attempt' AS attempt, value->>'phase' AS phase,
             value->>'started_at' AS started_at, value->>'ended_at' AS ended_at,
             value->>'end_reason' AS end_reason, value->>'exit_code' AS exit_code,
             value->>'exit_signal' AS exit_signal, value->>'stdout_bytes' AS stdout_bytes,
             value->>'stderr_bytes' AS stderr_bytes
      FROM json_each(${JSON.stringify(ends)})
    ) AS new
    WHERE run.job_id = new.job_id AND run.attempt = new.attempt AND run.end_reason IS NULL
    RETURNING job_id, attempt`
  return attemptKeys.parse(written)
}

/** Closes attempts whose end is written. @returns those that were open */
export async function closeAttempts(db: Db, runs: readonly AttemptKey[]): Promise<AttemptKey[]> {
  const closed = await db.$queryRaw`
    UPDATE dgx_job_attempts SET phase = 'ended'
    WHERE phase <> 'ended' AND end_reason IS NOT NULL AND (job_id, attempt) IN
      (SELECT value->>'job_id', value->>'attempt' FROM json_each(${keysAsJson(runs)}))
    RETURNING job_id, attempt`
  return attemptKeys.parse(closed)
}

/** Gives back the GPUs of runs. Only for those of which their machine has said that nothing is left. */
export async function releaseLeases(db: Db, runs: readonly AttemptKey[]): Promise<void> {
  await db.$executeRaw`
    DELETE FROM dgx_gpu_leases WHERE (job_id, attempt) IN
      (SELECT value->>'job_id', value->>'attempt' FROM json_each(${keysAsJson(runs)}))`
}

export type JobChange = AttemptKey & {
  phase: string
  status: string
  status_message: string
  end_reason: string
  exit_code: number | null
  exit_signal: string | null
  retries_left: number
  started_at: number | null
  completed_at: number | null
}

/** Writes what an end of its newest attempt makes of each job, unless it is over or waits by now. */
export async function endJobs(db: Db, changes: readonly JobChange[], now: Date): Promise<void> {
  await db.$executeRaw`
    UPDATE dgx_training_jobs AS job SET
      phase = new.phase,
      status = new.status,
      status_message = new.status_message,
      wait_reason = NULL,
      end_reason = new.end_reason,
      exit_code = new.exit_code,
      exit_signal = new.exit_signal,
      retries_left = new.retries_left,
      started_at = new.started_at,
      completed_at = new.completed_at,
      updated_at = ${now.getTime()}
    FROM (
      SELECT value->>'job_id' AS job_id, value->>'attempt' AS attempt, value->>'phase' AS phase,
             value->>'status' AS status, value->>'status_message' AS status_message,
             value->>'end_reason' AS end_reason, value->>'exit_code' AS exit_code,
             value->>'exit_signal' AS exit_signal, value->>'retries_left' AS retries_left,
             value->>'started_at' AS started_at, value->>'completed_at' AS completed_at
      FROM json_each(${JSON.stringify(changes)})
    ) AS new
    WHERE job.id = new.job_id AND job.attempt = new.attempt
      AND job.phase IN ('starting', 'running', 'stopping')`
}

/** Says the same of the jobs of runs that go on. @returns the jobs of which something else was said */
export async function tellOfRuns(
  db: Db,
  runs: readonly AttemptKey[],
  message: string,
  now: Date,
): Promise<string[]> {
  const told = await db.$queryRaw`
    UPDATE dgx_training_jobs SET status_message = ${message}, updated_at = ${now.getTime()}
    WHERE phase IN ('starting', 'running', 'stopping') AND status_message IS NOT ${message}
      AND (id, attempt) IN
        (SELECT value->>'job_id', value->>'attempt' FROM json_each(${keysAsJson(runs)}))
    RETURNING id`
  return z
    .array(z.object({ id: z.string() }))
    .parse(told)
    .map(({ id }) => id)
}
