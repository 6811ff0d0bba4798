import { z } from 'zod'
import { DgxError } from './errors'

/** `limit` and `cursor` of every list. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  cursor: z.string().max(200).optional(),
})

/** `sort=name` ascends, `sort=-name` descends. */
export const sortBy = <const Key extends string>(...keys: readonly Key[]) =>
  z.enum(keys.flatMap((key) => [key, `-${key}`] as const))

export type Page<T> = { items: T[]; next_cursor: string | null; total: number }

const position = z.tuple([z.number().int().min(-8.64e15).max(8.64e15), z.string()])

/** @throws DgxError invalid_request for a cursor that no list of this kind gave */
export function readCursor<S extends z.ZodType>(cursor: string, shape: S): z.output<S> {
  let decoded: unknown
  try {
    decoded = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    decoded = null
  }
  const parsed = shape.safeParse(decoded)
  if (parsed.success) return parsed.data
  throw new DgxError(
    'invalid_request',
    'The cursor is not one that this list gave in this order. Start again without it.',
    { details: [{ path: 'cursor', message: 'is not valid' }] },
  )
}

export function writeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** What comes after a cursor in a list that is newest first. */
export function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const [ms, id] = readCursor(cursor, position)
  const created_at = new Date(ms)
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
    next_cursor: last ? writeCursor([last.created_at.getTime(), last.id]) : null,
    total: options.total,
  }
}
