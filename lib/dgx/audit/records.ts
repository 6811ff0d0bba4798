import { z } from 'zod'
import { database } from '../../db/client'
import { type Page, readCursor, writeCursor } from '../pagination'
import type { AuditEntry } from './answers'
import { selectEntries } from './audit.sql'
import type { AuditQuery } from './schema'

/** Milliseconds since 1970 and the number of the entry. */
const place = z.tuple([z.number().int().min(0).max(8.64e15), z.number().int()])

/** A page of the audit trail, the newest first. @throws DgxError invalid_request */
export async function listAudit({
  cursor,
  ...query
}: Omit<AuditQuery, 'format'>): Promise<Page<AuditEntry>> {
  const after = cursor === undefined ? null : readCursor(cursor, place)
  const limit = query.limit + 1
  const { places, total } = await selectEntries(database(), { ...query, after, limit })
  const kept = places.slice(0, query.limit)
  const last = places.length > query.limit ? kept.at(-1) : undefined
  const rows = await database().auditEntry.findMany({
    where: { id: { in: kept.map(({ id }) => id) } },
    omit: { kept_until: true },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
  })
  return {
    // Only what was checked on its way in lies in the table.
    items: rows.map((row) => ({ ...(row as typeof row & AuditEntry), at: row.at.toISOString() })),
    next_cursor: last ? writeCursor([last.at, last.id]) : null,
    total,
  }
}
