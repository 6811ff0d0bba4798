import { z } from 'zod'

const cols = z.coerce.number().int().min(2).max(1000)
const rows = z.coerce.number().int().min(1).max(500)

/** The size a terminal starts with; programs expect at least this classic one. */
export const terminalQuery = z.strictObject({ cols: cols.default(80), rows: rows.default(24) })

/** What a client says beside the bytes that are typed. */
export const terminalControl = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('resize'), cols, rows }),
  /** So many bytes of output were drawn since `ready`. */
  z.strictObject({ type: z.literal('ack'), bytes: z.number().int().min(0) }),
])
