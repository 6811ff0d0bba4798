import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { CALM_MS } from './damped-health'
import { healthWithoutReading } from './health'
import { readHealthEvents } from './health-events'
import { HealthLog } from './health-log'
import { addConnection, DAY, machineSample, RETENTION } from './history.fixtures'
import { Retention, removeMetrics } from './retention'
import type { Health } from './types'

const START = Date.UTC(2026, 5, 7, 9)
const OK: Health = { status: 'ok', reasons: [] }
const LOST = healthWithoutReading('gpu_lost')
const HOT: Health = {
  status: 'warning',
  reasons: [{ code: 'hw_thermal_slowdown', message: 'Too hot; check "fans".' }],
}

describe('HealthLog', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let log: HealthLog
  let troubles: number[]
  beforeEach(async () => {
    database = await createTestDatabase()
    await addConnection(database.client, 'lab')
    troubles = []
    log = await newLog()
  })
  afterEach(() => database.close())

  async function newLog() {
    const fresh = new HealthLog({
      database: database.client,
      onError: (_error, { bufferedRows }) => troubles.push(bufferedRows),
    })
    await fresh.load('lab')
    return fresh
  }

  const record = (at: number, ...healths: Health[]) => {
    const gpus = healths.map((health) => ({ health }))
    log.record('lab', machineSample(START + at, gpus))
    return log.flush()
  }

  const read = (options: { limit?: number; before?: Date; cursor?: string } = {}) =>
    readHealthEvents({ database: database.client, connectionId: 'lab', limit: 100, ...options })

  const told = async () =>
    (await read()).items.map(
      (event) =>
        `${Date.parse(event.changed_at) - START} GPU ${event.gpu_index} ${event.from}>${event.to}`,
    )

  it('keeps who changed from what to what, when and why, the newest first', async () => {
    await record(0, OK, OK)
    await record(2_000, OK, HOT)
    await record(4_000, LOST, HOT)
    const { items, total, next_cursor } = await read()
    expect({ total, next_cursor }).toEqual({ total: 2, next_cursor: null })
    expect(items).toEqual([
      {
        id: expect.any(Number),
        connection_id: 'lab',
        gpu_uuid: 'GPU-0',
        gpu_index: 0,
        from: 'ok',
        to: 'fault',
        reasons: LOST.reasons,
        changed_at: new Date(START + 4_000).toISOString(),
      },
      {
        id: expect.any(Number),
        connection_id: 'lab',
        gpu_uuid: 'GPU-1',
        gpu_index: 1,
        from: 'ok',
        to: 'warning',
        reasons: HOT.reasons,
        changed_at: new Date(START + 2_000).toISOString(),
      },
    ])
  })

  it('writes nothing for GPUs that are well, nor for a reading shown again', async () => {
    await record(0, OK, OK)
    log.record('lab', { ...machineSample(START, [{ health: HOT }]), gpus_recorded_at: null })
    await record(2_000, OK, OK)
    expect(await told()).toEqual([])
  })

  it('writes no change that is none after a restart, and the real one', async () => {
    await record(0, OK, HOT)
    await record(2_000, LOST, HOT)
    const before = ['2000 GPU 0 ok>fault', '0 GPU 1 null>warning']
    log = await newLog()
    await record(10_000, LOST, HOT)
    await record(10_000 + CALM_MS, LOST, HOT)
    expect(await told()).toEqual(before)
    log = await newLog()
    await record(20_000, OK, HOT)
    await record(20_000 + CALM_MS, OK, HOT)
    expect(await told()).toEqual(['20000 GPU 0 fault>ok', ...before])
    log = await newLog()
    await record(200_000, OK, HOT)
    expect(await told()).toHaveLength(3)
  })

  it('keeps changes while the database cannot be written', async () => {
    await record(0, OK)
    const other = new Database(database.url.slice('file:'.length))
    await database.client.$executeRawUnsafe('PRAGMA busy_timeout = 1')
    other.exec('BEGIN IMMEDIATE')
    await record(2_000, HOT)
    await record(4_000, LOST)
    expect(await told()).toEqual([])
    expect(troubles).toEqual([1])
    other.exec('ROLLBACK')
    other.close()
    await log.flush()
    expect(await told()).toEqual(['4000 GPU 0 warning>fault', '2000 GPU 0 ok>warning'])
  })

  it('gives pages that join without a gap, also among changes of the same moment', async () => {
    await record(0, ...Array.from({ length: 5 }, () => HOT))
    await record(2_000, LOST, LOST, HOT, HOT, HOT)
    const all = (await read()).items.map(({ id }) => id)
    expect(all).toHaveLength(7)
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const page = await read({ limit: 3, ...(cursor ? { cursor } : {}) })
      expect(page.total).toBe(7)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(all)
    const early = await read({ before: new Date(START + 2_000), limit: 2 })
    expect(early).toMatchObject({ total: 5, next_cursor: expect.any(String) })
    expect(early.items.map((event) => event.to)).toEqual(['warning', 'warning'])
  })

  it.each(['nonsense', Buffer.from('[1,"not-a-number"]').toString('base64url')])(
    'refuses the cursor %s',
    async (cursor) => {
      await expect(read({ cursor })).rejects.toMatchObject({ code: 'invalid_request' })
    },
  )

  it('drops what is older than 90 days, but never the last word on a GPU', async () => {
    await record(0, HOT, HOT, HOT)
    await record(2_000, LOST, LOST, HOT)
    await record(DAY, OK, LOST, HOT)
    await record(DAY + CALM_MS, OK, LOST, HOT)
    const prune = (now: number) =>
      new Retention({
        database: database.client,
        retention: RETENTION,
        now: () => START + now,
        onError: (error) => {
          throw error
        },
      }).run()
    await prune(89 * DAY)
    expect(await told()).toHaveLength(6)
    await prune(90 * DAY + 3_000)
    const last = [`${DAY} GPU 0 fault>ok`, '2000 GPU 1 warning>fault', '0 GPU 2 null>warning']
    expect(await told()).toEqual(last)
    await prune(1000 * DAY)
    expect(await told()).toEqual(last)
  })

  it('keeps the newest 10,000 of a machine', async () => {
    await database.client.healthEvent.createMany({
      data: Array.from({ length: 12_500 }, (_, i) => ({
        connection_id: 'lab',
        gpu_uuid: 'GPU-0',
        from_status: 'ok',
        to_status: 'warning',
        reasons: HOT.reasons,
        changed_at: new Date(START + i),
      })),
    })
    await new Retention({
      database: database.client,
      retention: RETENTION,
      now: () => START + DAY,
      onError: (error) => {
        throw error
      },
    }).run()
    const { total, items } = await read({ limit: 1 })
    expect(total).toBe(10_000)
    expect(items[0]?.changed_at).toBe(new Date(START + 12_499).toISOString())
  })

  it('goes with its connection, and is not written after it', async () => {
    await addConnection(database.client, 'other')
    await log.load('other')
    log.record('other', machineSample(START, [{ health: HOT }]))
    await record(0, HOT)
    await removeMetrics({ database: database.client, connectionId: 'lab' })
    expect(await told()).toEqual([])
    log.record('lab', machineSample(START + 1, [{ health: LOST }]))
    log.forget('lab')
    log.record('lab', machineSample(START + 2, [{ health: HOT }]))
    await log.flush()
    expect(await told()).toEqual([])
    expect(await database.client.healthEvent.count()).toBe(1)
    log.record('other', machineSample(START + 3, [{ health: LOST }]))
    await database.client.connection.delete({ where: { id: 'other' } })
    await log.flush()
    expect(await database.client.healthEvent.count()).toBe(0)
    expect(troubles).toEqual([])
  })
})
