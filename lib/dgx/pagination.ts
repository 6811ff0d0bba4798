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

/** Newest first; the id decides between rows of the same millisecond. */
export const NEWEST_FIRST = [{ created_at: 'desc' as const }, { id: 'desc' as const }]
