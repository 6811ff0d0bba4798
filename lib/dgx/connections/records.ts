import { randomUUID } from 'node:crypto'
import { database } from '../../db/client'
import { isUniqueViolation } from '../../db/errors'
import type { Connection as Row } from '../../db/generated/client'
import { DgxError } from '../errors'
import { deletionOf } from '../jobs/deleted-folders'
import { inOrder, selectPage } from '../listing.sql'
import type { Page } from '../pagination'
import { findByIdOrName } from '../references'
import type { Safety } from '../safety/policy'
import type { SshTarget } from '../ssh/target'
import type { Connection } from './answers'
import type { ConnectionInput, ConnectionListQuery, ConnectionUpdate } from './schema'

const IN_ORDER = [{ position: 'asc' as const }, { id: 'asc' as const }]

function toConnection(row: Row): Connection {
  const { deny_patterns, confirm_patterns, confirm_timeout_s, ...own } = row
  return {
    ...own,
    last_connected_at: row.last_connected_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** A machine with what may be done there. */
export type SafeMachine = { id: string; name: string; safety: Safety }

export function toSafeMachine(row: Row): SafeMachine {
  const { id, name, read_only, deny_patterns, confirm_patterns, confirm_timeout_s } = row
  // Written by this program only, in these shapes.
  const deny = (deny_patterns as string[] | null) ?? []
  const confirm = (confirm_patterns as string[] | null) ?? []
  return { id, name, safety: { read_only, deny, confirm, confirm_timeout_s } }
}

/** What commands need to know of a machine. */
export type MachineRecord = SafeMachine & SshTarget

/** One page; without `sort` the newest come first. @throws DgxError invalid_request */
export async function listConnectionRecords(query: ConnectionListQuery): Promise<Page<Connection>> {
  const { limit, cursor, sort = '-created' } = query
  const table = 'dgx_connections'
  const { ids, ...rest } = await selectPage({ table, conditions: [], sort, cursor, limit })
  const rows = await database().connection.findMany({ where: { id: { in: ids } } })
  return { items: inOrder(ids, rows).map(toConnection), ...rest }
}

/** @param options.id id or exact name. @throws DgxError connection_not_found, ambiguous_name */
export async function getConnectionRecord({ id }: { id: string }): Promise<Connection> {
  return toConnection(await findRow(id))
}

/** @throws DgxError connection_not_found, ambiguous_name */
export async function getMachineRecord(reference: string): Promise<MachineRecord> {
  const row = await findRow(reference)
  return { ...toConnection(row), ...toSafeMachine(row) }
}

function findRow(reference: string): Promise<Row> {
  return findByIdOrName({
    reference,
    noun: 'connection',
    find: (where) => database().connection.findMany({ where, take: 10 }),
  })
}

/** Comes last in the user's order. @throws DgxError name_taken */
export async function createConnectionRecord(input: ConnectionInput): Promise<Connection> {
  await refuseIdAsName(input.name)
  const { connection } = database()
  const { _max } = await connection.aggregate({ _max: { position: true } })
  const position = (_max.position ?? -1) + 1
  const now = new Date()
  return saved(input.name, () =>
    connection.create({
      data: { id: randomUUID(), ...input, position, created_at: now, updated_at: now },
    }),
  )
}

/**
 * Puts machines in the user's order: those named come first, as named; the others follow as they
 * were, so that one added meanwhile is not lost. Gives all ids in their new order.
 * @throws DgxError connection_not_found, ambiguous_name, invalid_request when one is named twice
 */
export async function reorderConnectionRecords(options: {
  ids: readonly string[]
}): Promise<string[]> {
  const named: string[] = []
  for (const reference of options.ids) named.push((await getConnectionRecord({ id: reference })).id)
  const twice = named.findIndex((id, i) => named.indexOf(id) < i)
  if (twice >= 0) {
    throw new DgxError('invalid_request', `"${options.ids[twice]}" is named twice. Name it once.`, {
      details: [{ path: `ids.${twice}`, message: 'is named twice' }],
    })
  }
  return database().$transaction(async ({ connection }) => {
    const all = await connection.findMany({
      select: { id: true, position: true },
      orderBy: IN_ORDER,
    })
    const rest = all.map(({ id }) => id).filter((id) => !named.includes(id))
    const before = new Map(all.map(({ id, position }) => [id, position]))
    const order = [...named.filter((id) => before.has(id)), ...rest]
    for (const [position, id] of order.entries()) {
      // What stays where it was is not written.
      if (before.get(id) !== position)
        await connection.update({ where: { id }, data: { position } })
    }
    return order
  })
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
 * @param options.jobIds the jobs of its projects, with `cascade`
 * @param options.beforeRemove ends what is live and removes its metrics
 */
export async function removeConnection(options: {
  id: string
  cascade: boolean
  jobIds: readonly string[]
  beforeRemove: (id: string) => Promise<void>
}): Promise<{ deleted: string }> {
  const { id } = await getConnectionRecord(options)
  await options.beforeRemove(id)
  const db = database()
  await db.$transaction([
    ...deletionOf(db, options.jobIds),
    ...(options.cascade ? [db.project.deleteMany({ where: { connection_id: id } })] : []),
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
