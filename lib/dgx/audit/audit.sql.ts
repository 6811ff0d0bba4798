/** Writing, pruning and finding entries. */
import { z } from 'zod'
import { Prisma, type PrismaClient } from '../../db/generated/client'
import type { AuditEntry } from './answers'
import type { AuditQuery } from './schema'

type Database = Pick<PrismaClient, '$executeRaw' | '$queryRaw'>

/** An entry before it has its number; times in ms. */
export type EntryRow = Omit<AuditEntry, 'id' | 'at'> & { at: number; kept_until: number }

const COLUMNS = [
  'at',
  'kept_until',
  'caller_via',
  'key_name',
  'client',
  'action',
  'connection_id',
  'connection_name',
  'target_type',
  'target_id',
  'target_name',
  'detail',
  'outcome',
  'exit_code',
  'duration_ms',
  'request_id',
] as const satisfies (keyof EntryRow)[]

const INTO = Prisma.raw(COLUMNS.join(', '))
const VALUES = Prisma.raw(COLUMNS.map((_name, i) => `e.value ->> ${i}`).join(', '))

/** Writes entries in their order, all or none. */
export function insertEntries(database: Database, entries: readonly EntryRow[]) {
  const rows = entries.map((entry) =>
    COLUMNS.map((name) =>
      name === 'detail' ? entry.detail && JSON.stringify(entry.detail) : entry[name],
    ),
  )
  return database.$executeRaw`
    INSERT INTO dgx_audit (${INTO})
    SELECT ${VALUES} FROM json_each(${JSON.stringify(rows)}) AS e WHERE true ORDER BY e.key`
}

/**
 * Deletes at most `limit` entries from before a time (ms) that need not be kept any more. Gives the
 * number deleted.
 */
export function deleteOldEntries(
  database: Database,
  { before, limit }: { before: number; limit: number },
) {
  return database.$executeRaw`
    DELETE FROM dgx_audit WHERE id IN (
      SELECT id FROM dgx_audit
      WHERE at < ${before} AND kept_until <= CAST(strftime('%s', 'now') AS INTEGER) * 1000
      ORDER BY at LIMIT ${limit})`
}

const whole = z.union([z.number().int(), z.bigint()]).transform(Number)
const places = z.array(z.object({ id: whole, at: whole }))
const counted = z.tuple([z.object({ total: whole })])

/** The newest entries that all filters let through, after a place in that order, and how many there are. */
export async function selectEntries(
  database: Database,
  query: Omit<AuditQuery, 'cursor' | 'format'> & {
    after: readonly [at: number, id: number] | null
  },
) {
  const { after, limit } = query
  const all = Prisma.join([Prisma.sql`TRUE`, ...(await conditionsOf(database, query))], ' AND ')
  const rest = after ? Prisma.sql`(at, id) < (${after[0]}, ${after[1]})` : Prisma.sql`TRUE`
  const [rows, count] = await Promise.all([
    database.$queryRaw`
      SELECT id, CAST(at AS INTEGER) AS at FROM dgx_audit WHERE ${all} AND ${rest}
      ORDER BY at DESC, id DESC LIMIT ${limit}`,
    database.$queryRaw`SELECT count(*) AS total FROM dgx_audit WHERE ${all}`,
  ])
  return { places: places.parse(rows), total: counted.parse(count)[0].total }
}

async function conditionsOf(
  database: Database,
  query: Omit<AuditQuery, 'limit' | 'cursor' | 'format'>,
): Promise<Prisma.Sql[]> {
  const { from, to, caller, key, action, connection_id, target_id, outcome, q } = query
  return [
    ...(from ? [Prisma.sql`at >= ${from.getTime()}`] : []),
    ...(to ? [Prisma.sql`at < ${to.getTime()}`] : []),
    ...(caller ? [Prisma.sql`caller_via IN (${Prisma.join(caller)})`] : []),
    ...(key ? [Prisma.sql`key_name = ${key}`] : []),
    ...(action ? [Prisma.sql`action IN (${Prisma.join(action)})`] : []),
    ...(connection_id ? [await names(database, 'connection', connection_id)] : []),
    ...(target_id ? [await names(database, 'target', target_id)] : []),
    ...(outcome ? [outcomeIs(outcome)] : []),
    ...(q ? [holds(q)] : []),
  ]
}

/** Ids win. The records may be gone, so that only the entries themselves know. */
async function names(database: Database, what: 'connection' | 'target', reference: string) {
  const id = Prisma.raw(`${what}_id`)
  const byId = Prisma.sql`${id} = ${reference}`
  const known = await database.$queryRaw<unknown[]>`SELECT 1 FROM dgx_audit WHERE ${byId} LIMIT 1`
  return known.length > 0 ? byId : Prisma.sql`${Prisma.raw(`${what}_name`)} = ${reference}`
}

const outcomeIs = (outcome: string) =>
  outcome === 'failed'
    ? // A command that failed was run well.
      Prisma.sql`(outcome <> 'ok' OR coalesce(exit_code, 0) <> 0)`
    : Prisma.sql`outcome = ${outcome}`

/** Whatever the case of A to Z; `%` and `_` are themselves. */
function holds(text: string): Prisma.Sql {
  const like = Prisma.sql`LIKE ${`%${text.replace(/[\\%_]/g, '\\$&')}%`} ESCAPE '\\'`
  const columns = ['action', 'connection_name', 'target_name', 'key_name', 'client', 'detail']
  return Prisma.sql`(${Prisma.join(
    columns.map((name) => Prisma.sql`${Prisma.raw(name)} ${like}`),
    ' OR ',
  )})`
}
