/** Brings the database to the schema of this program when the app starts. */
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import { migrationNames } from './migration-names.mjs'

/** @param {string} file @returns {{applied: string[], failed: string | null}} */
function readHistory(file) {
  if (!existsSync(file)) return { applied: [], failed: null }
  const database = new Database(file, { readonly: true })
  try {
    const table = database
      .prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'")
      .get()
    if (!table) return { applied: [], failed: null }
    const rows = /** @type {{migration_name: string, finished_at: unknown}[]} */ (
      database
        .prepare(
          'SELECT migration_name, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
        )
        .all()
    )
    return {
      applied: rows.filter((row) => row.finished_at !== null).map((row) => row.migration_name),
      failed: rows.find((row) => row.finished_at === null)?.migration_name ?? null,
    }
  } finally {
    database.close()
  }
}

/**
 * Applies pending migrations; a database that is up to date costs one read.
 * @param {{root: string, url: string}} options project root, `file:` URL with an absolute path
 * @returns {Promise<string[]>} names applied now
 * @throws {Error} when the database is newer than the program or a migration failed half-way
 */
export async function migrate({ root, url }) {
  const file = url.slice('file:'.length)
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const known = migrationNames(root)
  const { applied, failed } = readHistory(file)
  const newer = applied.filter((name) => !known.includes(name))
  if (newer.length > 0) {
    throw new Error(
      `The database ${file} is newer than this program (it has ${newer.join(', ')}). ` +
        'Update the program, or set DATA_DIR to another folder.',
    )
  }
  if (failed) {
    throw new Error(
      `The migration ${failed} failed half-way in ${file}. Restore that file from a copy, or move it away to start empty.`,
    )
  }
  if (known.every((name) => applied.includes(name))) return []
  // Loaded only now: the engine is several megabytes of WebAssembly.
  const { applyMigrations } = await import('./schema-engine.mjs')
  return applyMigrations({ root, url })
}
