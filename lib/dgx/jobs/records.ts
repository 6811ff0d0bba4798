import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { Prisma, type Job as Row } from '../../db/generated/client'
import { getConnectionRecord } from '../connections/records'
import { inOrder, nameContains, selectPage } from '../listing.sql'
import { NEWEST_FIRST, type Page } from '../pagination'
import { findByIdOrName } from '../references'
import { runtime } from '../runtime'
import type { AppendResult } from './metrics/answers'
import type { MetricPoint } from './metrics/points'
import { appendPoints, firstMetrics, replacedMetrics } from './metrics/records'
import type { JobInput, JobListQuery, JobStatus, JobUpdate } from './schema'

export type Job = Omit<
  Row,
  'status' | 'config' | 'metrics' | 'started_at' | 'completed_at' | 'created_at' | 'updated_at'
> & {
  status: JobStatus
  config: Record<string, unknown>
  metrics: Record<string, unknown>
  started_at: string | null
  completed_at: string | null
  created_at: string
  updated_at: string
}

function toJob(row: Row): Job {
  return {
    ...row,
    status: row.status as JobStatus,
    config: row.config as Record<string, unknown>,
    metrics: row.metrics as Record<string, unknown>,
    started_at: row.started_at?.toISOString() ?? null,
    completed_at: row.completed_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/**
 * One page of the jobs that all filters let through; without `sort` the newest come first.
 * @throws DgxError project_not_found, connection_not_found when the filter names none,
 *   invalid_request
 */
export async function listJobs(query: JobListQuery): Promise<Page<Job>> {
  const { limit, cursor, project_id, status, search, sort = '-created' } = query
  const conditions = [
    ...(project_id ? [Prisma.sql`project_id = ${await projectId(project_id)}`] : []),
    ...(status ? [Prisma.sql`status IN (${Prisma.join(status)})`] : []),
    ...(search ? [nameContains(search)] : []),
    ...(await ranConditions(query)),
  ]
  const table = 'dgx_training_jobs'
  const { ids, ...rest } = await selectPage({ table, conditions, sort, cursor, limit })
  const rows = await database().job.findMany({ where: { id: { in: ids } } })
  return { items: inOrder(ids, rows).map(toJob), ...rest }
}

/** The newest jobs of a project, for the project's own answer. */
export async function jobsOfProject(projectId: string): Promise<Job[]> {
  const rows = await database().job.findMany({
    where: { project_id: projectId },
    orderBy: NEWEST_FIRST,
    take: 1000,
  })
  return rows.map(toJob)
}

/** @throws DgxError job_not_found, ambiguous_name */
export async function getJob({ id }: { id: string }): Promise<Job> {
  return toJob(await findJob(id))
}

/** @throws DgxError project_not_found */
export async function createJob(input: JobInput): Promise<Job> {
  const now = new Date()
  const data = {
    ...input,
    id: randomUUID(),
    project_id: await projectId(input.project_id),
    config: input.config as Prisma.InputJsonObject,
    metrics: {},
    created_at: now,
    updated_at: now,
    ...statusTimes({ status: 'pending', started_at: null }, input.status, now),
    ...(Object.keys(input.metrics).length > 0 ? firstMetrics(input.metrics, now) : {}),
  }
  return announced(toJob(await database().job.create({ data })))
}

/**
 * Changes a job. A change of `status` sets its times; new `metrics` take the place of the old and
 * are appended to the job's history.
 * @throws DgxError job_not_found, ambiguous_name, project_not_found
 */
export async function updateJob(options: { id: string; changes: JobUpdate }): Promise<Job> {
  const { id } = await findJob(options.id)
  const { project_id, config, metrics, status, ...rest } = options.changes
  const project = project_id == null ? project_id : await projectId(project_id)
  const job = await database().$transaction(async (tx) => {
    const before = await tx.job.findUniqueOrThrow({ where: { id } })
    const now = new Date()
    const row = await tx.job.update({
      where: { id },
      data: {
        ...rest,
        ...(project === undefined ? {} : { project_id: project }),
        ...(config === undefined ? {} : { config: config as Prisma.InputJsonObject }),
        ...(metrics === undefined ? {} : replacedMetrics(metrics, before, now)),
        ...(status === undefined ? {} : { status, ...statusTimes(before, status, now) }),
        updated_at: now,
      },
    })
    return toJob(row)
  })
  return announced(job)
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
  announced(await getJob({ id }))
  return result
}

/** Tells who watches. */
function announced(job: Job): Job {
  runtime().hub.publish({ type: 'job', job })
  return job
}

/** @throws DgxError job_not_found, ambiguous_name */
export async function deleteJob({ id }: { id: string }): Promise<{ deleted: string }> {
  const job = await findJob(id)
  await database().job.deleteMany({ where: { id: job.id } })
  runtime().hub.publish({ type: 'job_deleted', job_id: job.id })
  return { deleted: job.id }
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

function findJob(reference: string): Promise<Row> {
  return findByIdOrName({
    reference,
    noun: 'job',
    find: (where) => database().job.findMany({ where, take: 10 }),
  })
}

/** Not `getProjectRecord`: projects call jobs, and a cycle would close. */
async function projectId(reference: string): Promise<string> {
  const { id } = await findByIdOrName({
    reference,
    noun: 'project',
    find: (where) =>
      database().project.findMany({ where, take: 10, select: { id: true, name: true } }),
  })
  return id
}

/** On which machine and in which time jobs ran; one that never started ran at no time. */
async function ranConditions(query: JobListQuery): Promise<Prisma.Sql[]> {
  const { connection_id, overlaps_from, overlaps_to } = query
  const machine = connection_id && (await getConnectionRecord({ id: connection_id })).id
  return [
    ...(machine
      ? [Prisma.sql`project_id IN (SELECT id FROM dgx_projects WHERE connection_id = ${machine})`]
      : []),
    ...(overlaps_from || overlaps_to ? [Prisma.sql`started_at IS NOT NULL`] : []),
    ...(overlaps_to ? [Prisma.sql`started_at < ${overlaps_to.getTime()}`] : []),
    ...(overlaps_from
      ? [Prisma.sql`(completed_at IS NULL OR completed_at >= ${overlaps_from.getTime()})`]
      : []),
  ]
}
