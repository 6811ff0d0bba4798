import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PrismaClient } from './generated/client'
import { createTestDatabase } from './test-database'

const project = (id: string) => ({
  data: { id, name: id, config: {}, created_at: new Date(), updated_at: new Date() },
})

/** A plain write is acknowledged while an interactive transaction is open, which then rolls back. */
async function writeBesideRolledBackTransaction(client: PrismaClient) {
  let opened = () => {}
  const open = new Promise<void>((resolve) => {
    opened = resolve
  })
  const transaction = client.$transaction(async (tx) => {
    await tx.project.create(project('inside'))
    opened()
    // Time for the plain write to reach the adapter; with the lock it cannot be awaited from here.
    await new Promise((resolve) => setTimeout(resolve, 50))
    throw new Error('roll back')
  })
  await open
  // Prisma starts a query only when somebody waits for it.
  const acknowledged = Promise.resolve(client.$executeRaw`
    INSERT INTO dgx_projects (id, name, config, created_at, updated_at)
    VALUES ('beside', 'beside', '{}', 0, 0)`)
  await expect(transaction).rejects.toThrow('roll back')
  await acknowledged
  return (await client.project.findMany()).map((row) => row.id)
}

describe('SafeSqlite', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  beforeEach(async () => {
    database = await createTestDatabase()
  })
  afterEach(() => database.close())

  it('keeps an acknowledged write when a transaction beside it rolls back', async () => {
    expect(await writeBesideRolledBackTransaction(database.client)).toEqual(['beside'])
  })

  it('is needed: the stock adapter loses that write', async () => {
    const stock = new PrismaClient({
      adapter: new PrismaBetterSqlite3({ url: database.url }, { timestampFormat: 'unixepoch-ms' }),
    })
    try {
      expect(await writeBesideRolledBackTransaction(stock)).toEqual([])
    } finally {
      await stock.$disconnect()
    }
  })

  it('is usable again after a COMMIT that failed', async () => {
    const other = new Database(database.url.slice('file:'.length))
    try {
      await database.client.$executeRawUnsafe('PRAGMA busy_timeout = 1')
      other.exec('BEGIN IMMEDIATE')
      await expect(
        database.client.$transaction(async (tx) => {
          await tx.project.create(project('blocked'))
        }),
      ).rejects.toThrow()
      other.exec('ROLLBACK')
      await database.client.project.create(project('after'))
      expect(other.prepare('SELECT id FROM dgx_projects').all()).toEqual([{ id: 'after' }])
    } finally {
      other.close()
    }
  })

  it('serves many plain writes and transactions at once without losing one', async () => {
    const writes = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0
        ? database.client.project.create(project(`plain-${i}`))
        : database.client.$transaction((tx) => tx.project.create(project(`tx-${i}`))),
    )
    await Promise.all(writes)
    expect(await database.client.project.count()).toBe(40)
  })

  it('reads a thousand rows with a relation whose key has two columns', async () => {
    const { client } = database
    const times = { created_at: new Date(1), updated_at: new Date(1) }
    const ids = Array.from({ length: 1000 }, (_, i) => `job-${i}`)
    await client.job.createMany({
      data: ids.map((id) => ({ id, name: id, config: {}, metrics: {}, ...times })),
    })
    const run = { attempt: 1, phase: 'ended', run_token: 't', gpu_uuids: [], gpu_indices: [] }
    await client.jobAttempt.createMany({
      data: ids.map((job_id) => ({ job_id, ...run, created_at: new Date(1) })),
    })
    const rows = await client.job.findMany({ include: { attempts: { include: { labels: true } } } })
    expect(rows.filter(({ attempts }) => attempts.length === 1)).toHaveLength(1000)
  })
})
