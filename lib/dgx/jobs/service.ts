import { database } from '../../db/client'
import type { Job as Row } from '../../db/generated/client'
import { DgxError } from '../errors'
import { runtime } from '../runtime'
import { type Asker, allowEnding, allowJob } from '../safety/gate'
import type { Job } from './answers'
import { orderOf } from './order'
import { createJob, findJob, toQueued } from './records'
import { type JobCloneInput, type JobInput, jobInput } from './schema'
import { type JobAction, legalActions } from './states'

/**
 * Lets a held job wait for its turn.
 * @throws DgxError job_not_found, ambiguous_name, illegal_transition, and as `allowJob`
 */
export async function startJob(options: { id: string } & Asker): Promise<Job> {
  const row = await findJob(options.id)
  if (row.phase === 'held') await allowAgain(row, options)
  const started = await runtime().jobs.change({
    id: row.id,
    from: ['held'],
    data: toQueued(new Date()),
  })
  return started ?? refuse(row.id, 'start')
}

/**
 * Ends a job: at once while it waits, else TERM to all of its processes and KILL after a grace, also
 * when its machine can be reached again only later. A job that was cancelled may be cancelled again.
 * @throws DgxError job_not_found, ambiguous_name, illegal_transition, machine_read_only where it runs
 */
export async function cancelJob({ id: reference }: { id: string }): Promise<Job> {
  const { id } = await findJob(reference)
  const { jobs } = runtime()
  const cancelled =
    (await jobs.end({
      id,
      from: ['held', 'queued'],
      reason: 'cancelled_by_user',
      message: 'Cancelled before it started.',
    })) ?? (await requestCancel(id))
  if (cancelled) return cancelled
  const job = await jobs.announce(id)
  if (job?.phase === 'stopping' || (job?.phase === 'ended' && job.status === 'cancelled'))
    return job
  return refuse(id, 'cancel')
}

/**
 * Lets a job that failed or was cancelled wait for another attempt.
 * @throws DgxError job_not_found, ambiguous_name, illegal_transition, and as `allowJob`
 */
export async function retryJob(options: { id: string } & Asker): Promise<Job> {
  const row = await findJob(options.id)
  if (!legalActions(row).includes('retry')) return refuse(row.id, 'retry')
  await allowAgain(row, options)
  const queued = await runtime().jobs.change({
    id: row.id,
    from: ['ended'],
    data: {
      ...toQueued(new Date()),
      end_reason: null,
      exit_code: null,
      exit_signal: null,
      cancel_requested_at: null,
      started_at: null,
      completed_at: null,
    },
  })
  return queued ?? refuse(row.id, 'retry')
}

/**
 * A new job like another one, with changes.
 * @throws DgxError as `createJob`
 */
export async function cloneJob(
  options: { id: string; changes: JobCloneInput } & Asker,
): Promise<Job> {
  const { id, changes, ...asker } = options
  return createJob(cloneOf(await findJob(id), changes), asker)
}

/** A stored job that is to be run: the settings of its machines may be others than when it came. */
async function allowAgain(row: Row, asker: Asker): Promise<void> {
  const { name, working_dir } = row
  const { command, connection_ids } = orderOf(row)
  await allowJob({ name, command, working_dir, connection_ids: connection_ids ?? [] }, asker)
}

async function requestCancel(id: string): Promise<Job | null> {
  const runs = await database().jobAttempt.findMany({
    where: { job_id: id, phase: { in: ['starting', 'running'] } },
    select: { connection_id: true },
  })
  await allowEnding(runs)
  return runtime().jobs.requestCancel(id)
}

function cloneOf(row: Row, changes: JobCloneInput): JobInput {
  const { name, model_name, container_id, notes, project_id } = row
  const common = { name, model_name, notes, project_id, config: row.config, tags: row.tags }
  const order =
    row.phase === null
      ? { container_id }
      : {
          ...orderOf(row),
          ...('gpu_indices' in changes ? { gpus: null } : {}),
          ...('connection_id' in changes ? { connection_ids: null } : {}),
        }
  const result = jobInput.safeParse({ ...common, ...order, ...changes })
  if (result.success) return result.data
  throw new DgxError(
    'invalid_request',
    `The clone of ${name} would not be a job: ${result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}.`,
    {
      details: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    },
  )
}

async function refuse(id: string, action: JobAction): Promise<never> {
  const row = await findJob(id)
  if (row.phase === null) {
    throw new DgxError(
      'job_not_managed',
      `${row.name} is tracked by hand: it has no command that the app could ${action}. PUT its status, or POST /api/dgx/jobs/${id}/clone with a command.`,
    )
  }
  const state = row.phase === 'ended' ? row.status : row.phase
  throw new DgxError(
    'illegal_transition',
    `${row.name} is ${state}, so ${action} is not possible. Possible now: ${legalActions(row).join(', ')}.`,
    { details: legalActions(row).map((message) => ({ path: 'action', message })) },
  )
}
