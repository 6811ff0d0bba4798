import { z } from 'zod'
import { type Page, readCursor, writeCursor } from '../pagination'
import type { HealthEvent } from './answers'
import { countHealthEvents, selectHealthEvents } from './health-events.sql'
import type { Database } from './samples.sql'

/** A page of the changes of a connection's GPUs, the newest first. */
export async function readHealthEvents(options: {
  database: Database
  connectionId: string
  /** Only what changed before. */
  before?: Date | undefined
  cursor?: string | undefined
  limit: number
}): Promise<Page<HealthEvent>> {
  const { database, connectionId, before, cursor, limit } = options
  const rows = await selectHealthEvents(database, {
    connectionId,
    before,
    after: placeOf(cursor),
    limit: limit + 1,
  })
  const kept = rows.slice(0, limit)
  const last = rows.length > limit ? kept.at(-1) : undefined
  return {
    items: kept.map((row) => ({ ...row, changed_at: row.changed_at.toISOString() })),
    next_cursor: last ? writeCursor([last.changed_at.getTime(), last.id]) : null,
    total: await countHealthEvents(database, { connectionId, before }),
  }
}

/** Milliseconds since 1970 and the number of the row; ids of other lists are texts. */
const place = z.tuple([z.number().int().min(0).max(8.64e15), z.number().int()])

function placeOf(cursor: string | undefined): { at: Date; id: number } | null {
  if (cursor === undefined) return null
  const [ms, id] = readCursor(cursor, place)
  return { at: new Date(ms), id }
}
