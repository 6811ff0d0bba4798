import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { Prisma, type Job as Row } from '../../db/generated/client'
import { getConnectionRecord } from '../connections/records'
import { DgxError } from '../errors'
import { inOrder, nameContains, selectPage } from '../listing.sql'
import { NEWEST_FIRST, type Page } from '../pagination'
import { findByIdOrName } from '../references'
import { runtime } from '../runtime'
import { type Asker, allowJob, checkJob } from '../safety/gate'
import type { Job, JobWithAttempts } from './answers'
import { type JobRow, toAttempt, toJob as toJobWith, WITH_LABELS, WITH_NEWEST_ATTEMPT } from './job'
import type { AppendResult } from './metrics/answers'
import type { MetricPoint } from './metrics/points'
import { appendPoints, firstMetrics, replacedMetrics } from './metrics/records'
import { changeOrder, findProject, orderColumns, prepareOrder } from './order'
import type {
  JobInput,
  JobListQuery,
  JobStatus,
  JobUpdate,
  ManagedJobInput,
  TrackedJobInput,
} from './schema'
import { isWaiting, legalActions, statusOf } from './states'
import { usageOf } from './usage'

export type { Job } from './answers'

const toJob = (row: JobRow): Job => toJobWith(row, () => runtime().scheduler)

/**
 * One page of the jobs that all filters let through; without `sort` the newest come first.
 * @throws DgxError project_not_found, connection_not_found when the filter names none,
 *   invalid_request
 */
export async function listJobs(query: JobListQuery): Promise<Page<Job>> {
  const { limit, cursor, project_id, status, search, sort = '-created' } = query
  const conditions = [
    ...(project_id ? [Prisma.sql`project_id = ${(await findProject(project_id)).id}`] : []),
    ...(status ? [Prisma.sql`status IN (${Prisma.join(status)})`] : []),
    ...(search ? [nameContains(search)] : []),
    ...(await ranConditions(query)),
  ]
  const table = 'dgx_training_jobs'
  const { ids, ...rest } = await selectPage({ table, conditions, sort, cursor, limit })
  const rows = await database().job.findMany({
    where: { id: { in: ids } },
    include: WITH_NEWEST_ATTEMPT,
  })
  return { items: inOrder(ids, rows).map(toJob), ...rest }
}

/** The newest jobs of a project, for the project's own answer. */
export async function jobsOfProject(projectId: string): Promise<Job[]> {
  const rows = await database().job.findMany({
    where: { project_id: projectId },
    orderBy: NEWEST_FIRST,
    take: 1000,
    include: WITH_NEWEST_ATTEMPT,
  })
  return rows.map(toJob)
}

/** The jobs that have changed since a time, at most so many, the newest change first. */
export async function changedJobs(options: { since: Date; limit: number }): Promise<Job[]> {
  const rows = await database().job.findMany({
    where: { updated_at: { gte: options.since } },
    orderBy: { updated_at: 'desc' },
    take: options.limit,
    include: WITH_NEWEST_ATTEMPT,
  })
  return rows.map(toJob)
}

/** A job with its runs, the newest last. @throws DgxError job_not_found, ambiguous_name */
export async function getJob(options: { id: string }): Promise<JobWithAttempts> {
  const { id } = await findJob(options.id)
  const { attempts, ...row } = await database().job.findUniqueOrThrow({
    where: { id },
    include: { attempts: { orderBy: { attempt: 'asc' }, include: WITH_LABELS } },
  })
  return {
    ...toJob({ ...row, attempts: attempts.slice(-1) }),
    attempts: attempts.map(toAttempt),
    usage: attempts.length > 0 ? usageOf(attempts, Date.now()) : null,
  }
}

/**
 * Creates a job: with a `command` it waits for its turn to be run, without one it is tracked by hand.
 * @throws DgxError project_not_found, connection_not_found, job_not_found (in `depends_on`),
 *   ambiguous_name, invalid_request, does_not_fit, and as `allowJob`
 */
export async function createJob(
  input: JobInput,
  { id = randomUUID(), ...asker }: Asker & { id?: string },
): Promise<Job> {
  const columns = isManaged(input) ? await managed(input, asker) : await tracked(input)
  const now = new Date()
  const row = await database().job.create({
    data: {
      id,
      name: input.name,
      model_name: input.model_name,
      container_id: input.container_id,
      notes: input.notes,
      config: input.config as Prisma.InputJsonObject,
      metrics: {},
      tags: input.tags ?? Prisma.DbNull,
      created_at: now,
      updated_at: now,
      ...columns(now),
      ...(Object.keys(input.metrics).length > 0 ? firstMetrics(input.metrics, now) : {}),
    },
    include: WITH_NEWEST_ATTEMPT,
  })
  return runtime().jobs.announceRow(row)
}

export const isManaged = (input: JobInput): input is ManagedJobInput => input.command != null

async function tracked(input: TrackedJobInput) {
  const { id: project_id } = await findProject(input.project_id)
  const { status } = input
  return (now: Date) => ({
    ...{ project_id, status },
    ...statusTimes({ status: 'pending', started_at: null }, status, now),
  })
}

async function managed(input: ManagedJobInput, asker: Asker) {
  let order = await prepareOrder(input)
  // For one that does not start by itself a person is asked when it is started.
  if (!input.start) await checkJob(order)
  // What it names may have gone while a person was asked.
  else if (await allowJob(order, asker)) order = await prepareOrder(input)
  return (now: Date) => ({
    ...orderColumns(order),
    retries_left: input.max_retries,
    ...(input.start ? toQueued(now) : HELD),
  })
}

const HELD = {
  phase: 'held',
  status: statusOf('held'),
  wait_reason: 'not_started',
  status_message: 'Waits to be started: POST /api/dgx/jobs/:id/start.',
}

/** What a job is from the moment on in which it waits for its turn. */
export const toQueued = (now: Date) => ({
  phase: 'queued',
  status: statusOf('queued'),
  wait_reason: null,
  status_message: 'Waits for its turn.',
  queued_at: now,
})

/**
 * Changes a job. A change of `status` sets its times; new `metrics` take the place of the old and
 * are appended to the job's history. The status of a managed job is not for callers to set, and what
 * it needs can be changed only while it waits.
 * @throws DgxError job_not_found, ambiguous_name, project_not_found, job_is_managed, job_not_waiting,
 *   and as `createJob`
 */
export async function updateJob(options: { id: string; changes: JobUpdate } & Asker): Promise<Job> {
  const found = await findJob(options.id)
  const { id } = found
  const { name, model_name, container_id, notes } = options.changes
  const { project_id, config, metrics, tags, status } = options.changes
  const project = project_id == null ? project_id : (await findProject(project_id)).id
  const isManaged = found.phase !== null
  if (isManaged && status !== undefined && status !== found.status) refuseStatus(found)
  const order = await changeOrder(found, options.changes)
  if (order?.isToBeAllowed) {
    const changed = { name: found.name, ...order.columns }
    if (found.phase === 'held') await checkJob(changed)
    else await allowJob(changed, options)
  }
  const row = await database().$transaction(async (tx) => {
    const before = await tx.job.findUniqueOrThrow({ where: { id } })
    if (order?.needsWaiting && !isWaiting(before.phase)) refuseOrder(before)
    const now = new Date()
    return tx.job.update({
      where: { id },
      data: {
        ...defined({ name, model_name, container_id, notes }),
        ...order?.columns,
        ...(project === undefined ? {} : { project_id: project }),
        ...(config === undefined ? {} : { config: config as Prisma.InputJsonObject }),
        ...(metrics === undefined ? {} : replacedMetrics(metrics, before, now)),
        ...(tags === undefined ? {} : { tags: tags ?? Prisma.DbNull }),
        ...(status === undefined || isManaged
          ? {}
          : { status, ...statusTimes(before, status, now) }),
        updated_at: now,
      },
      include: WITH_NEWEST_ATTEMPT,
    })
  })
  return runtime().jobs.announceRow(row)
}

/**
 * Appends points to a job's history; its `metrics` get the newest value of each.
 * @throws DgxError job_not_found, ambiguous_name
 */
export async function addJobMetrics(options: {
  id: string
  points: readonly MetricPoint[]
}): Promise<AppendResult> {
  const { id } = await findJob(options.id)
  const { points } = options
  const result = await database().$transaction((tx) =>
    appendPoints(tx, { job_id: id, attempt: null, points, now: new Date() }),
  )
  await runtime().jobs.announce(id)
  return result
}

const defined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

function refuseStatus(job: Row): never {
  const actions = legalActions(job).map((action) => `POST /api/dgx/jobs/${job.id}/${action}`)
  throw new DgxError(
    'job_is_managed',
    `The status of ${job.name} follows from what its command does; it is ${job.status} now. Use ${actions.join(', ')}.`,
  )
}

function refuseOrder(job: Row): never {
  throw new DgxError(
    'job_not_waiting',
    `${job.name} is ${job.phase}; what it needs can be changed only while it waits. POST /api/dgx/jobs/${job.id}/clone makes a new job with the change.`,
  )
}

/**
 * The times that a change of status sets. The same status again changes nothing; a job that is
 * taken up again loses its end.
 */
function statusTimes(
  before: { status: string; started_at: Date | null },
  status: JobStatus,
  now: Date,
): { started_at?: Date | null; completed_at?: Date | null } {
  if (before.status === status) return {}
  switch (status) {
    case 'pending':
      return { started_at: null, completed_at: null }
    case 'running':
      return {
        started_at: before.status === 'pending' ? now : (before.started_at ?? now),
        completed_at: null,
      }
    default:
      return { completed_at: now }
  }
}

/** @throws DgxError job_not_found, ambiguous_name */
export function findJob(reference: string): Promise<Row> {
  return findByIdOrName({
    reference,
    noun: 'job',
    find: (where) => database().job.findMany({ where, take: 10 }),
  })
}

/** On which machine and in which time jobs ran; one that never started ran at no time. */
async function ranConditions(query: JobListQuery): Promise<Prisma.Sql[]> {
  const { connection_id, overlaps_from, overlaps_to } = query
  const machine = connection_id && (await getConnectionRecord({ id: connection_id })).id
  return [
    ...(machine
      ? [
          Prisma.sql`(connection_id = ${machine} OR connection_id IS NULL AND project_id IN
            (SELECT id FROM dgx_projects WHERE connection_id = ${machine}))`,
        ]
      : []),
    ...(overlaps_from || overlaps_to ? [Prisma.sql`started_at IS NOT NULL`] : []),
    ...(overlaps_to ? [Prisma.sql`started_at < ${overlaps_to.getTime()}`] : []),
    ...(overlaps_from
      ? [Prisma.sql`(completed_at IS NULL OR completed_at >= ${overlaps_from.getTime()})`]
      : []),
  ]
}
