/** Changes of health, written and read. */
import { z } from 'zod'
import { Prisma } from '../../db/generated/client'
import type { HealthChange } from './damped-health'
import { type Database, whole } from './samples.sql'
import type { OwnerId } from './series'
import type { Health, HealthStatus } from './types'

/** A change of one GPU's health, ready to be written. */
export type HealthEventRow = HealthChange & {
  connectionId: string
  gpuUuid: string
  gpuIndex: number | null
}

/** Writes changes; those of connections that are gone are left out. */
export function insertHealthEvents(database: Database, events: readonly HealthEventRow[]) {
  const rows = events.map((event) => [
    event.connectionId,
    event.gpuUuid,
    event.gpuIndex,
    event.from,
    event.status,
    JSON.stringify(event.reasons),
    event.changedAt,
  ])
  return database.$executeRaw`
    INSERT INTO dgx_health_events
      (connection_id, gpu_uuid, gpu_index, from_status, to_status, reasons, changed_at)
    SELECT c.id, s.value ->> 1, s.value ->> 2, s.value ->> 3, s.value ->> 4, s.value ->> 5,
           s.value ->> 6
    FROM json_each(${JSON.stringify(rows)}) AS s
    JOIN dgx_connections AS c ON c.id = s.value ->> 0`
}

// Only what was checked on its way in lies in these columns; a schema for each code would be
// another place to forget a new one.
const status = z.custom<HealthStatus>((value) => typeof value === 'string')
const reasons = z.string().transform((text): Health['reasons'] => JSON.parse(text))

const knownHealth = z.array(z.object({ gpuUuid: z.string(), status, reasons, changedAt: whole }))

/** The last change of each GPU of a connection. */
export async function selectKnownHealth(database: Database, connectionId: string) {
  const answer = await database.$queryRaw`
    SELECT e.gpu_uuid AS "gpuUuid", e.to_status AS status, CAST(e.reasons AS TEXT) AS reasons,
           CAST(e.changed_at AS INTEGER) AS "changedAt"
    FROM dgx_health_events AS e WHERE e.id IN (
      SELECT max(k.id) FROM dgx_health_events AS k
      WHERE k.connection_id = ${connectionId} GROUP BY k.gpu_uuid)`
  return knownHealth.parse(answer)
}

const healthEvents = z.array(
  z.object({
    id: whole,
    connection_id: z.string(),
    gpu_uuid: z.string(),
    gpu_index: whole.nullable(),
    /** Null when nothing was known before. */
    from: status.nullable(),
    to: status,
    /** What holds from then on; empty when `to` is ok. */
    reasons,
    changed_at: whole.transform((at) => new Date(at)),
  }),
)

/** Changes of a connection's GPUs, the newest first, after a place in that order. */
export async function selectHealthEvents(
  database: Database,
  options: {
    connectionId: string
    before: Date | undefined
    after: { at: Date; id: number } | null
    limit: number
  },
) {
  const { connectionId, after, limit } = options
  const rest = after
    ? Prisma.sql`(e.changed_at, e.id) < (${after.at.getTime()}, ${after.id})`
    : Prisma.sql`true`
  const answer = await database.$queryRaw`
    SELECT e.id, e.connection_id, e.gpu_uuid, e.gpu_index, e.from_status AS "from",
           e.to_status AS "to", CAST(e.reasons AS TEXT) AS reasons,
           CAST(e.changed_at AS INTEGER) AS changed_at
    FROM dgx_health_events AS e
    WHERE e.connection_id = ${connectionId} AND ${earlierThan(options.before)} AND ${rest}
    ORDER BY e.changed_at DESC, e.id DESC LIMIT ${limit}`
  return healthEvents.parse(answer)
}

const counted = z.tuple([z.object({ count: whole })])

/** How many changes of a connection's GPUs there are before a time. */
export async function countHealthEvents(
  database: Database,
  options: { connectionId: string; before: Date | undefined },
): Promise<number> {
  const answer = await database.$queryRaw`
    SELECT count(*) AS count FROM dgx_health_events AS e
    WHERE e.connection_id = ${options.connectionId} AND ${earlierThan(options.before)}`
  return counted.parse(answer)[0].count
}

const earlierThan = (time: Date | undefined) =>
  time ? Prisma.sql`e.changed_at < ${time.getTime()}` : Prisma.sql`true`

/**
 * Deletes at most `limit` changes of some connections that are older than `before` (ms) or not among
 * the newest `keep` of their connection, but never the last one of a GPU: it says how that GPU is. Gives the number
 * deleted.
 */
export function deleteOldHealthEvents(
  database: Database,
  options: {
    connectionIds: readonly OwnerId[]
    before: number
    keep: number
    limit: number
  },
) {
  const { connectionIds, before, keep, limit } = options
  return database.$executeRaw`
    DELETE FROM dgx_health_events WHERE id IN (
      SELECT e.id FROM json_each(${JSON.stringify(connectionIds)}) AS o
      CROSS JOIN dgx_health_events AS e
        ON e.connection_id = o.value
        AND e.changed_at < max(${before}, coalesce((
          SELECT k.changed_at FROM dgx_health_events AS k WHERE k.connection_id = o.value
          ORDER BY k.changed_at DESC LIMIT 1 OFFSET ${keep - 1}), 0))
      WHERE EXISTS (
        SELECT 1 FROM dgx_health_events AS n
        WHERE n.connection_id = e.connection_id AND n.gpu_uuid = e.gpu_uuid AND n.id > e.id)
      LIMIT ${limit})`
}

/** Deletes at most `limit` changes of a connection. Gives the number deleted. */
export function deleteHealthEventsOf(database: Database, connectionId: string, limit: number) {
  return database.$executeRaw`
    DELETE FROM dgx_health_events WHERE id IN (
      SELECT e.id FROM dgx_health_events AS e WHERE e.connection_id = ${connectionId}
      LIMIT ${limit})`
}
