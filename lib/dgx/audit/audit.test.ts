import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeDatabase } from '../../db/client'
import { createTestDatabase } from '../../db/test-database'
import { AuditLog, type NewEntry, NO_SUBJECT } from './log'
import { listAudit } from './records'
import { auditQuery } from './schema'

const DAY_MS = 24 * 3_600_000
const NOW = Date.parse('2026-03-01T08:00:00Z')

const entry = (more: Partial<NewEntry> = {}): NewEntry => ({
  ...NO_SUBJECT,
  at: new Date(NOW),
  caller_via: 'api',
  key_name: null,
  client: null,
  action: 'createProject',
  detail: null,
  outcome: 'ok',
  exit_code: null,
  duration_ms: 1.4,
  request_id: null,
  ...more,
})

describe('the audit trail', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  let log: AuditLog
  const failures: unknown[] = []
  const logOf = (keptDays: number) =>
    new AuditLog({
      ...{ database: test.client, keptDays },
      onError: (error) => failures.push(error),
    })
  const urlBefore = process.env.DATABASE_URL

  beforeAll(async () => {
    test = await createTestDatabase()
    process.env.DATABASE_URL = test.url
    await closeDatabase()
    log = logOf(365)
  })
  afterAll(async () => {
    await closeDatabase()
    if (urlBefore === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = urlBefore
    await test.close()
  })

  const list = async (query: Record<string, string> = {}) => listAudit(auditQuery.parse(query))
  const actions = async (query: Record<string, string>) =>
    (await list(query)).items.map(({ action }) => action)
  const sql = <T>(run: (database: Database.Database) => T): T => {
    const database = new Database(test.url.slice('file:'.length))
    try {
      return run(database)
    } finally {
      database.close()
    }
  }

  it('keeps what was told, without secrets', async () => {
    const about = {
      ...{ connection_id: 'm1', connection_name: 'dgx-1' },
      ...{ target_type: 'job' as const, target_id: 'j1', target_name: 'run A_KEY=abc' },
    }
    await log.write(
      entry({
        ...about,
        ...{ caller_via: 'mcp', key_name: 'ci', client: 'agent', request_id: 'r1', exit_code: 3 },
        detail: { command: 'HF_TOKEN=abc ls', env: { X: 'abc' } },
      }),
    )
    const { items, ...meta } = await list()
    expect(meta).toEqual({ next_cursor: null, total: 1 })
    expect(items).toEqual([
      {
        ...{ id: 1, at: '2026-03-01T08:00:00.000Z', ...about, target_name: 'run A_KEY=***' },
        ...{ caller_via: 'mcp', key_name: 'ci', client: 'agent', action: 'createProject' },
        detail: { command: 'HF_TOKEN=*** ls', env: { X: '***' } },
        ...{ outcome: 'ok', exit_code: 3, duration_ms: 1, request_id: 'r1' },
      },
    ])
  })

  it.each([
    ["UPDATE dgx_audit SET outcome = 'x'", /never changed/],
    ['UPDATE dgx_audit SET kept_until = 0', /never changed/],
    ['DELETE FROM dgx_audit', /kept for longer/],
    ['INSERT OR REPLACE INTO dgx_audit SELECT * FROM dgx_audit', /never replaced/],
  ])('refuses %s', (statement, message) => {
    sql((database) => {
      database
        .prepare(
          "INSERT INTO dgx_audit (at, kept_until, caller_via, action, outcome) VALUES (1, ?, 'api', 'kept', 'ok')",
        )
        .run(Date.now() + DAY_MS)
      expect(() => database.exec(statement)).toThrow(message)
    })
  })

  it('gives up what is old enough, and only that', async () => {
    const at = new Date(Date.now() - 20 * DAY_MS)
    await logOf(10).write(entry({ at, action: 'short' }))
    await logOf(10).write(entry({ at: new Date(), action: 'young' }))
    await logOf(200).write(entry({ at, action: 'long' }))
    // A longer time than before holds for all that is there, a shorter one for what is new.
    await logOf(300).prune(100)
    expect(await actions({ action: 'short,young,long' })).toEqual(['young', 'long', 'short'])
    await logOf(10).prune(100)
    expect(await actions({ action: 'short,young,long' })).toEqual(['young', 'long'])
  })

  it('keeps entries while the database cannot be written, and writes them later', async () => {
    const other = new Database(test.url.slice('file:'.length))
    try {
      await test.client.$executeRawUnsafe('PRAGMA busy_timeout = 1')
      other.exec('BEGIN IMMEDIATE')
      await log.write(entry({ action: 'waited' }))
      expect(failures).toHaveLength(1)
      other.exec('ROLLBACK')
      expect(await actions({ action: 'waited' })).toEqual([])
      await log.write(entry({ action: 'followed' }))
      expect(await actions({ action: 'waited,followed' })).toEqual(['followed', 'waited'])
    } finally {
      other.close()
    }
  })

  it('writes at its end what is under way', async () => {
    const ending = logOf(365)
    const isDone = ending.begin()
    const stopped = ending.stop()
    ending.add(entry({ action: 'late' }))
    isDone()
    await stopped
    expect(await actions({ action: 'late' })).toEqual(['late'])
  })

  it('is filtered, also by what is gone, and read page by page', async () => {
    const at = (minute: number) => new Date(NOW + 365 * DAY_MS + minute * 60_000)
    const from = at(0).toISOString()
    for (const [minute, more] of [
      { action: 'a', connection_id: 'gone', connection_name: 'old name' },
      { action: 'b', caller_via: 'cli' as const, key_name: 'ci', outcome: 'not_connected' },
      { action: 'c', target_id: 'j7', target_name: 'Experiment', exit_code: 1 },
      { action: 'd', detail: { command: 'echo 100%_DONE' }, caller_via: 'system' as const },
    ].entries())
      log.add(entry({ at: at(minute), ...more }))
    await log.write(entry({ at: at(4), action: 'e', exit_code: 0 }))
    const found = (query: Record<string, string>) => actions({ from, ...query })
    expect(await found({})).toEqual(['e', 'd', 'c', 'b', 'a'])
    expect(await found({ to: at(2).toISOString() })).toEqual(['b', 'a'])
    expect(await found({ connection_id: 'gone' })).toEqual(['a'])
    expect(await found({ connection_id: 'old name' })).toEqual(['a'])
    expect(await found({ target_id: 'j7' })).toEqual(['c'])
    expect(await found({ target_id: 'Experiment' })).toEqual(['c'])
    expect(await found({ caller: 'cli,system' })).toEqual(['d', 'b'])
    expect(await found({ key: 'ci' })).toEqual(['b'])
    expect(await found({ outcome: 'failed' })).toEqual(['c', 'b'])
    expect(await found({ outcome: 'not_connected' })).toEqual(['b'])
    expect(await found({ outcome: 'ok', action: 'a,e' })).toEqual(['e', 'a'])
    expect(await found({ q: '0%_done' })).toEqual(['d'])
    expect(await found({ q: 'experiment' })).toEqual(['c'])
    expect(await found({ connection_id: 'nobody' })).toEqual([])
    const first = await list({ from, limit: '2' })
    expect(first).toMatchObject({ items: [{ action: 'e' }, { action: 'd' }], total: 5 })
    const second = await list({ from, limit: '3', cursor: first.next_cursor ?? '' })
    expect(second).toMatchObject({ items: [{}, {}, { action: 'a' }], next_cursor: null })
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
