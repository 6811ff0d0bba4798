/** `npm run db:migrate -- NAME`: writes the migration that takes the migrations to schema.prisma. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { MIGRATIONS } from '../lib/db/migration-names.mjs'
import { diffMigrations } from '../lib/db/schema-engine.mjs'

const root = path.resolve(import.meta.dirname, '..')
const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run db:migrate -- name_in_snake_case')
  process.exit(1)
}

const sql = await diffMigrations({ root })
if (sql === null) {
  console.log('The migrations already give exactly prisma/schema.prisma; nothing to do.')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = path.join(root, MIGRATIONS, `${stamp}_${name}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'migration.sql'), sql)
  writeFileSync(path.join(root, MIGRATIONS, 'migration_lock.toml'), 'provider = "sqlite"\n')
  console.log(`Wrote ${path.relative(root, folder)}/migration.sql. Read it, then start the app.`)
}
