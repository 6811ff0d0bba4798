import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { isUniqueViolation } from '../../db/errors'
import type { Connection as Row } from '../../db/generated/client'
import { DgxError } from '../errors'
import { afterCursor, NEWEST_FIRST, type Page, toPage } from '../pagination'
import { findByIdOrName } from '../references'
import type { ConnectionInput, ConnectionListQuery, ConnectionUpdate } from './schema'

/** A connection as it is stored; what is true of it now is added by the service. */
export type Connection = {
  id: string
  name: string
  hostname: string
  username: string
  ssh_key_path: string | null
  port: number
  is_active: boolean
  sample_interval_ms: number
  last_connected_at: string | null
  created_at: string
  updated_at: string
}

function toConnection(row: Row): Connection {
  return {
    ...row,
    last_connected_at: row.last_connected_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export async function listConnectionRecords(query: ConnectionListQuery): Promise<Page<Connection>> {
  const { limit, cursor } = query
  const { connection } = database()
  const [rows, total] = await Promise.all([
    connection.findMany({ where: afterCursor(cursor), orderBy: NEWEST_FIRST, take: limit + 1 }),
    connection.count(),
  ])
  return toPage(rows, { limit, total, map: toConnection })
}

/** @param options.id id or exact name. @throws DgxError connection_not_found, ambiguous_name */
export async function getConnectionRecord({ id }: { id: string }): Promise<Connection> {
  const row = await findByIdOrName({
    reference: id,
    noun: 'connection',
    find: (where) => database().connection.findMany({ where, take: 10 }),
  })
  return toConnection(row)
}

/** @throws DgxError name_taken */
export async function createConnectionRecord(input: ConnectionInput): Promise<Connection> {
  await refuseIdAsName(input.name)
  const now = new Date()
  return saved(input.name, () =>
    database().connection.create({
      data: { id: randomUUID(), ...input, created_at: now, updated_at: now },
    }),
  )
}

/** @throws DgxError connection_not_found, ambiguous_name, name_taken */
export async function updateConnectionRecord(options: {
  id: string
  changes: ConnectionUpdate
}): Promise<Connection> {
  const { id } = await getConnectionRecord(options)
  const { changes } = options
  if (changes.name !== undefined) await refuseIdAsName(changes.name)
  return saved(changes.name ?? '', () =>
    database().connection.update({ where: { id }, data: { ...changes, updated_at: new Date() } }),
  )
}

/**
 * Removes a connection. Its projects and their jobs stay, without a machine, unless `cascade`.
 * @param options.beforeRemove ends what is live and removes its metrics
 */
export async function removeConnection(options: {
  id: string
  cascade: boolean
  beforeRemove: (id: string) => Promise<void>
}): Promise<{ deleted: string }> {
  const { id } = await getConnectionRecord(options)
  await options.beforeRemove(id)
  const db = database()
  await db.$transaction([
    ...(options.cascade
      ? [
          db.job.deleteMany({ where: { project: { connection_id: id } } }),
          db.project.deleteMany({ where: { connection_id: id } }),
        ]
      : []),
    db.connection.deleteMany({ where: { id } }),
  ])
  return { deleted: id }
}

/** A name equal to another's id could not be told from it in a path. */
async function refuseIdAsName(name: string): Promise<void> {
  if (await database().connection.findUnique({ where: { id: name } })) throw taken(name)
}

async function saved(name: string, save: () => Promise<Row>): Promise<Connection> {
  try {
    return toConnection(await save())
  } catch (error) {
    throw isUniqueViolation(error) ? taken(name) : error
  }
}

function taken(name: string): DgxError {
  return new DgxError(
    'name_taken',
    `A connection named "${name}" exists already. Choose another name.`,
    {
      details: [{ path: 'name', message: 'is taken' }],
    },
  )
}
