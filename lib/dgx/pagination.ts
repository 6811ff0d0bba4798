import { z } from 'zod'
import { DgxError } from './errors'

/** `limit` and `cursor` of every list. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional(),
})

export type Page<T> = { items: T[]; next_cursor: string | null; total: number }

const position = z.tuple([z.number().int(), z.string()])

export function invalidCursor(): DgxError {
  return new DgxError(
    'invalid_request',
    'The cursor is not one that this API gave. Start again without it.',
    { details: [{ path: 'cursor', message: 'is not valid' }] },
  )
}

/** The place in a list, newest first, that a cursor stands for. @throws DgxError invalid_request */
export function readCursor(cursor: string): { at: Date; id: string } {
  let decoded: unknown
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    decoded = null
  }
  const parsed = position.safeParse(decoded)
  if (!parsed.success || Math.abs(parsed.data[0]) > 8.64e15) throw invalidCursor()
  return { at: new Date(parsed.data[0]), id: parsed.data[1] }
}

/** The cursor of a row: what comes after it is the next page. */
export function writeCursor(at: Date, id: string): string {
  return Buffer.from(JSON.stringify([at.getTime(), id])).toString('base64url')
}

/** What comes after a cursor in a list that is newest first. */
export function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const { at: created_at, id } = readCursor(cursor)
  return { OR: [{ created_at: { lt: created_at } }, { created_at, id: { lt: id } }] }
}

/** Newest first; the id decides between rows of the same millisecond. */
export const NEWEST_FIRST = [{ created_at: 'desc' as const }, { id: 'desc' as const }]

/** Cuts rows, of which one more than `limit` was asked for, into a page. */
export function toPage<Row extends { id: string; created_at: Date }, T>(
  rows: Row[],
  options: { limit: number; total: number; map: (row: Row) => T },
): Page<T> {
  const kept = rows.slice(0, options.limit)
  const last = rows.length > options.limit ? kept.at(-1) : undefined
  return {
    items: kept.map(options.map),
    next_cursor: last ? writeCursor(last.created_at, last.id) : null,
    total: options.total,
  }
}
