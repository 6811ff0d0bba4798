import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { Prisma, type Project as Row } from '../../db/generated/client'
import { getConnectionRecord } from '../connections/records'
import { deletionOf } from '../jobs/deleted-folders'
import { type Job, jobsOfProject } from '../jobs/records'
import { endRuns, jobIdsOf } from '../jobs/removal'
import { inOrder, nameContains, selectPage } from '../listing.sql'
import type { Page } from '../pagination'
import { findByIdOrName } from '../references'
import { runtime } from '../runtime'
import type { Project } from './answers'
import type { ProjectInput, ProjectListQuery, ProjectUpdate } from './schema'

function toProject(row: Row): Project {
  return {
    ...row,
    project_type: row.project_type as Project['project_type'],
    config: row.config as Record<string, unknown>,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/**
 * One page of the projects that all filters let through; without `sort` the newest come first.
 * @throws DgxError connection_not_found when the filter names none, invalid_request
 */
export async function listProjects(query: ProjectListQuery): Promise<Page<Project>> {
  const { limit, cursor, connection_id, status, search, sort = '-created' } = query
  const machine = connection_id && (await getConnectionRecord({ id: connection_id })).id
  const conditions = [
    ...(machine ? [Prisma.sql`connection_id = ${machine}`] : []),
    ...(status ? [Prisma.sql`status IN (${Prisma.join(status)})`] : []),
    ...(search ? [nameContains(search)] : []),
  ]
  const table = 'dgx_projects'
  const { ids, ...rest } = await selectPage({ table, conditions, sort, cursor, limit })
  const rows = await database().project.findMany({ where: { id: { in: ids } } })
  return { items: inOrder(ids, rows).map(toProject), ...rest }
}

/** @throws DgxError project_not_found, ambiguous_name */
export async function getProjectRecord({ id }: { id: string }): Promise<Project> {
  const row = await findByIdOrName({
    reference: id,
    noun: 'project',
    find: (where) => database().project.findMany({ where, take: 10 }),
  })
  return toProject(row)
}

/** A project with its newest jobs. @throws DgxError project_not_found, ambiguous_name */
export async function getProject(options: { id: string }): Promise<Project & { jobs: Job[] }> {
  const project = await getProjectRecord(options)
  return { ...project, jobs: await jobsOfProject(project.id) }
}

/** @throws DgxError connection_not_found */
export async function createProject(input: ProjectInput): Promise<Project> {
  const row = await database().project.create({ data: await toRow(input) })
  announceChange()
  return toProject(row)
}

async function toRow(input: ProjectInput) {
  const now = new Date()
  const columns = { config: {}, ...(await toColumns(input)), name: input.name }
  return { ...columns, id: randomUUID(), created_at: now, updated_at: now }
}

/**
 * The project of a name: the oldest that is there, else a new one. For callers that may have to
 * repeat themselves.
 * @throws DgxError connection_not_found
 */
export async function ensureProject(
  input: ProjectInput,
): Promise<{ project: Project; is_new: boolean }> {
  const data = await toRow(input)
  const result = await database().$transaction(async (tx) => {
    const found = await tx.project.findFirst({
      where: { name: input.name },
      orderBy: [{ created_at: 'asc' }, { id: 'asc' }],
    })
    return { row: found ?? (await tx.project.create({ data })), is_new: !found }
  })
  if (result.is_new) announceChange()
  return { project: toProject(result.row), is_new: result.is_new }
}

/** @throws DgxError project_not_found, ambiguous_name, connection_not_found */
export async function updateProject(options: {
  id: string
  changes: ProjectUpdate
}): Promise<Project> {
  const { id } = await getProjectRecord(options)
  const data = { ...(await toColumns(options.changes)), updated_at: new Date() }
  const row = await database().project.update({ where: { id }, data })
  announceChange()
  return toProject(row)
}

/**
 * Removes a project. Its jobs stay, without a project, unless `cascade`. Those that run are stopped
 * first with `force`, else it is a 409.
 * @throws DgxError project_not_found, ambiguous_name, jobs_running, not_connected
 */
export async function deleteProject(options: {
  id: string
  cascade: boolean
  force: boolean
}): Promise<{ deleted: string }> {
  const { id } = await getProjectRecord(options)
  await endRuns({
    jobs: { project_id: id },
    areDeleted: options.cascade,
    what: 'the project',
    force: options.force,
  })
  const db = database()
  const jobIds = options.cascade ? await jobIdsOf({ project_id: id }) : []
  await db.$transaction([...deletionOf(db, jobIds), db.project.deleteMany({ where: { id } })])
  announceChange()
  void runtime().deletedFolders.remove()
  return { deleted: id }
}

/** Tells who watches. */
function announceChange(): void {
  runtime().hub.publish({ type: 'projects_changed' })
}

/** A connection may be named; its id is stored. */
async function toColumns({ connection_id, config, ...rest }: ProjectUpdate) {
  return {
    ...rest,
    ...(config === undefined ? {} : { config: config as Prisma.InputJsonObject }),
    ...(connection_id === undefined
      ? {}
      : { connection_id: connection_id && (await getConnectionRecord({ id: connection_id })).id }),
  }
}
