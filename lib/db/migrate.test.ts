import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from './migrate.mjs'
import { migrationNames } from './migration-names.mjs'
import { diffMigrations } from './schema-engine.mjs'

const root = path.resolve(import.meta.dirname, '../..')

describe('migrations', () => {
  let dir: string
  let url: string
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'dgx-migrate-'))
    url = `file:${path.join(dir, 'dgx.db')}`
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it('give exactly schema.prisma', async () => {
    expect(await diffMigrations({ root })).toBeNull()
  })

  it('apply once, with the names Prisma keeps', async () => {
    expect(await migrate({ root, url })).toEqual(migrationNames(root))
    expect(await migrate({ root, url })).toEqual([])
  })

  it('refuse a database that is newer than the program', async () => {
    await migrate({ root, url })
    const database = new Database(url.slice('file:'.length))
    database
      .prepare(
        "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '29990101000000_future', 1, 1)",
      )
      .run()
    database.close()
    await expect(migrate({ root, url })).rejects.toThrow(
      /newer than this program.*29990101000000_future/,
    )
  })

  it('keep what an earlier version wrote', async () => {
    const earlier = path.join(dir, 'earlier')
    cpSync(path.join(root, 'prisma'), path.join(earlier, 'prisma'), { recursive: true })
    for (const name of migrationNames(earlier).filter((name) => name > '20261125'))
      rmSync(path.join(earlier, 'prisma/migrations', name), { recursive: true })
    await migrate({ root: earlier, url })
    const database = new Database(url.slice('file:'.length))
    database.exec(`
      INSERT INTO dgx_projects (id, name, config, created_at, updated_at) VALUES ('p', 'vit', '{}', 1, 1);
      INSERT INTO dgx_training_jobs (id, project_id, name, config, metrics, notes, created_at, updated_at)
        VALUES ('j', 'p', 'Experiment 1', '{"lr":0.1}', '{"loss":1}', 'note', 1, 1);
      INSERT INTO dgx_job_metrics (job_id, metrics, recorded_at) VALUES ('j', '{"loss":1}', 1);`)
    database.close()
    await migrate({ root, url })
    const after = new Database(url.slice('file:'.length), { readonly: true })
    expect(after.prepare('SELECT * FROM dgx_training_jobs').get()).toMatchObject({
      id: 'j',
      project_id: 'p',
      config: '{"lr":0.1}',
      notes: 'note',
      command: null,
      phase: null,
      attempt: 0,
    })
    expect(after.prepare('SELECT count(*) AS points FROM dgx_job_metrics').get()).toEqual({
      points: 1,
    })
    after.close()
  })

  it('say so when a migration failed half-way', async () => {
    await migrate({ root, url })
    const database = new Database(url.slice('file:'.length))
    database.prepare('UPDATE _prisma_migrations SET finished_at = NULL').run()
    database.close()
    await expect(migrate({ root, url })).rejects.toThrow(/failed half-way/)
  })
})
