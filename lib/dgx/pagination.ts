import { z } from 'zod'
import { DgxError } from './errors'

/** `limit` and `cursor` of every list. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('Most records of a page.'),
  cursor: z.string().max(200).optional().describe('`meta.next_cursor` of the page before.'),
})

/** `sort=name` ascends, `sort=-name` descends. */
export const sortBy = <const Key extends string>(...keys: readonly Key[]) =>
  z.enum(keys.flatMap((key) => [key, `-${key}`] as const))

/** `meta` of every list. */
export const pageMeta = z
  .strictObject({
    next_cursor: z.string().nullable().describe('The `cursor` of the next page; null on the last.'),
    total: z.number().int().describe('Of all pages.'),
  })
  .meta({ id: 'PageMeta', examples: [{ next_cursor: null, total: 1 }] })

export type Page<T> = { items: T[] } & z.infer<typeof pageMeta>

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
