/** The lists that can be searched, filtered and sorted: which ids make up one page of them. */
import { z } from 'zod'
import { database } from '../db/client'
import { Prisma } from '../db/generated/client'
import { readCursor, writeCursor } from './pagination'

/** What lists can be sorted by; names without regard to the case of A to Z. */
const ORDERS = {
  created: {
    by: 'created_at',
    position: 'CAST(created_at AS INTEGER)',
    kind: 'number',
    isNullable: false,
  },
  started: {
    by: 'started_at',
    position: 'CAST(started_at AS INTEGER)',
    kind: 'number',
    isNullable: true,
  },
  name: { by: 'name COLLATE NOCASE', position: 'name', kind: 'text', isNullable: false },
  status: { by: 'status', position: 'status', kind: 'text', isNullable: false },
  position: { by: 'position', position: 'position', kind: 'number', isNullable: false },
} as const

type Order = keyof typeof ORDERS
type Sort = Order | `-${Order}`

const listed = z.array(
  z.object({
    id: z.string(),
    position: z.union([z.number(), z.bigint().transform(Number), z.string(), z.null()]),
  }),
)
const counted = z.tuple([z.object({ total: z.union([z.number(), z.bigint()]).transform(Number) })])

/** True of the names that hold the text, whatever the case of A to Z; `%` and `_` are themselves. */
export function nameContains(search: string): Prisma.Sql {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  return Prisma.sql`name LIKE ${pattern} ESCAPE '\\'`
}

/**
 * The ids of one page in order, where the next page starts, and how many rows there are in all.
 * The id decides between equals; what has no value to sort by comes last in both directions.
 * @throws DgxError invalid_request for a cursor of another list or order
 */
export async function selectPage(options: {
  table: 'dgx_api_keys' | 'dgx_connections' | 'dgx_projects' | 'dgx_training_jobs'
  conditions: readonly Prisma.Sql[]
  sort: Sort
  cursor: string | undefined
  limit: number
}): Promise<{ ids: string[]; next_cursor: string | null; total: number }> {
  const { conditions, sort, cursor, limit } = options
  const order = ORDERS[sort.replace('-', '') as Order]
  const direction = Prisma.raw(sort.startsWith('-') ? 'DESC' : 'ASC')
  const table = Prisma.raw(options.table)
  const by = Prisma.raw(order.by)
  const all = Prisma.join([Prisma.sql`TRUE`, ...conditions], ' AND ')
  const db = database()
  const [rows, count] = await Promise.all([
    db.$queryRaw`
      SELECT id, ${Prisma.raw(order.position)} AS position FROM ${table}
      WHERE ${all} AND ${cursor === undefined ? Prisma.sql`TRUE` : after(cursor, sort)}
      ORDER BY ${by} ${direction}${Prisma.raw(order.isNullable ? ' NULLS LAST' : '')}, id ${direction}
      LIMIT ${limit + 1}`,
    db.$queryRaw`SELECT count(*) AS total FROM ${table} WHERE ${all}`,
  ])
  const found = listed.parse(rows)
  const kept = found.slice(0, limit)
  const last = found.length > limit ? kept.at(-1) : undefined
  return {
    ids: kept.map(({ id }) => id),
    next_cursor: last ? writeCursor([sort, last.position, last.id]) : null,
    total: counted.parse(count)[0].total,
  }
}

function after(cursor: string, sort: Sort): Prisma.Sql {
  const order = ORDERS[sort.replace('-', '') as Order]
  const value = order.kind === 'number' ? z.number().int() : z.string()
  const shape = z.tuple([
    z.literal(sort),
    order.isNullable ? value.nullable() : value,
    z.string().max(100),
  ])
  const [, position, id] = readCursor(cursor, shape)
  const by = Prisma.raw(order.by)
  const beyond = Prisma.raw(sort.startsWith('-') ? '<' : '>')
  if (position === null) return Prisma.sql`(${by} IS NULL AND id ${beyond} ${id})`
  // A pair, so that the index on both leads straight to the place.
  const follows = Prisma.sql`(${by}, id) ${beyond} (${position}, ${id})`
  return order.isNullable ? Prisma.sql`(${follows} OR ${by} IS NULL)` : follows
}

/** Rows in the order of `ids`; one that was deleted in between is left out. */
export function inOrder<Row extends { id: string }>(ids: readonly string[], rows: Row[]): Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
