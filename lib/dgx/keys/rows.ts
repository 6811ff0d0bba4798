import { database } from '../../db/client'
import type { ApiKey as Row } from '../../db/generated/client'
import type { Scope } from '../caller'
import type { KeyRing } from './ring'

/** SQLite has no enums; what is written has passed the schema. */
export const withScope = (row: Row) => ({ ...row, scope: row.scope as Scope })

/** Fills the ring when the program starts. */
export async function loadKeys(ring: KeyRing): Promise<void> {
  const rows = await database().apiKey.findMany({ where: { revoked_at: null } })
  for (const row of rows) ring.add(withScope(row))
}
