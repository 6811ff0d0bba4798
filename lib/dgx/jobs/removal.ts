import { database } from '../../db/client'
import type { Prisma } from '../../db/generated/client'
import { DgxError } from '../errors'
import { runtime } from '../runtime'
import { allowEnding } from '../safety/gate'
import { deletionOf } from './deleted-folders'
import { findJob } from './records'
import { WAITING_PHASES } from './states'

/** A command has its grace to save its state; a deletion waits for that, not for ever. */
const STOP_TIMEOUT_MS = 90_000

/**
 * Removes a job with its history, here and on its machines; who is away is asked later. One that runs
 * is stopped first with `force`, else it is a 409.
 * @throws DgxError job_not_found, ambiguous_name, jobs_running, not_connected
 */
export async function deleteJob(options: {
  id: string
  force: boolean
}): Promise<{ deleted: string }> {
  const { id } = await findJob(options.id)
  await endRuns({ jobs: { id }, areDeleted: true, what: 'the job', force: options.force })
  await database().$transaction(deletionOf(database(), [id]))
  const { hub, deletedFolders } = runtime()
  hub.publish({ type: 'job_deleted', job_id: id })
  void deletedFolders.remove()
  return { deleted: id }
}

export async function jobIdsOf(where: Prisma.JobWhereInput): Promise<string[]> {
  const jobs = await database().job.findMany({ where, select: { id: true } })
  return jobs.map(({ id }) => id)
}

/**
 * Makes sure that no run of these jobs is on a machine, before something they need is deleted.
 * @param options.areDeleted they are what is deleted, so that none may start meanwhile
 * @param options.force stops them; without it a run is an error
 * @param options.goingMachine it is deleted: its runs are given up if it cannot be reached
 * @throws DgxError jobs_running, machine_read_only, not_connected when they cannot be stopped now
 */
export async function endRuns(options: {
  jobs: Prisma.JobWhereInput
  what: string
  force: boolean
  areDeleted: boolean
  goingMachine?: string
}): Promise<void> {
  const { jobs: where, areDeleted, what, force, goingMachine } = options
  const unfinished = () =>
    database().jobAttempt.findMany({
      where: { job: where, phase: { not: 'ended' } },
      include: { job: { select: { id: true, name: true } } },
    })
  let runs = await unfinished()
  if (runs.length > 0 && !force) {
    throw new DgxError(
      'jobs_running',
      `${runs.map(({ job }) => job.name).join(', ')} ${runs.length === 1 ? 'runs' : 'run'} now. Cancel first, or delete ${what} with ?force=true, which stops ${runs.length === 1 ? 'it' : 'them'}.`,
      { details: runs.map(({ job }) => ({ path: 'job_id', message: job.id })) },
    )
  }
  await allowEnding(runs)
  const { hub, jobs, scheduler } = runtime()
  if (areDeleted) {
    for (const id of await jobIdsOf({ AND: [where, { phase: { in: [...WAITING_PHASES] } }] })) {
      await jobs.end({
        id,
        from: WAITING_PHASES,
        reason: 'cancelled_by_user',
        message: 'Is being deleted.',
      })
    }
    // One of them may have started just before.
    runs = await unfinished()
    await allowEnding(runs)
  }
  if (runs.length === 0) return
  const subscription = hub.subscribe()
  subscription.topics.add('jobs')
  const deadline = performance.now() + STOP_TIMEOUT_MS
  try {
    for (const { job } of runs) await jobs.requestCancel(job.id)
    for (; runs.length > 0; runs = await unfinished()) {
      const unreachable = runs.filter(
        ({ connection_id }) => connection_id === null || !scheduler.isConnected(connection_id),
      )
      const stuck = unreachable.filter((run) => run.connection_id !== goingMachine)
      await jobs.giveUp(unreachable.filter((run) => !stuck.includes(run)))
      if (stuck.length > 0) {
        throw new DgxError(
          'not_connected',
          `${stuck.map(({ job }) => job.name).join(', ')} cannot be stopped now: the machine is not connected. It is stopped as soon as that can be reached; delete ${what} then, or delete the machine with ?force=true to give the run up.`,
        )
      }
      const left = deadline - performance.now()
      if (left <= 0) {
        throw new DgxError(
          'jobs_running',
          `${runs.map(({ job }) => job.name).join(', ')} did not end within ${STOP_TIMEOUT_MS / 1000} s; the attempt goes on. Look at its status_message and try again.`,
        )
      }
      if (unreachable.length < runs.length) await subscription.next(Math.min(left, 1_000))
    }
  } finally {
    subscription.close()
  }
}
