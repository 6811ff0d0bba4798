import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDatabase } from './client'
import { migrate } from './migrate.mjs'

/** A migrated database in a folder of its own, for tests. */
export async function createTestDatabase() {
  const dir = mkdtempSync(path.join(tmpdir(), 'dgx-db-'))
  const url = `file:${path.join(dir, 'dgx.db')}`
  await migrate({ root: path.resolve(import.meta.dirname, '../..'), url })
  const client = openDatabase(url)
  return {
    dir,
    url,
    client,
    close: async () => {
      await client.$disconnect()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
