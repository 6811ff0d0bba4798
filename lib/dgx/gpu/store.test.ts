import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { addConnection, HOUR, MINUTE, machineSample } from './history.fixtures'
import { RollUp } from './rollup'
import { MetricStore } from './store'
import { ROLLUP_DELAY_MS } from './tiers'
import type { WriteTrouble } from './write-buffer'

const START = Date.UTC(2026, 5, 7, 9)

describe('MetricStore', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let now: number
  let troubles: WriteTrouble[]
  let store: MetricStore
  beforeEach(async () => {
    database = await createTestDatabase()
    await addConnection(database.client, 'lab')
    now = START
    troubles = []
    store = newStore()
  })
  afterEach(() => database.close())

  const newStore = (maxBufferedRows?: number) =>
    new MetricStore({
      database: database.client,
      now: () => now,
      onError: (_error, trouble) => troubles.push(trouble),
      ...(maxBufferedRows === undefined ? {} : { maxBufferedRows }),
    })

  const stored = () =>
    database.client.metric.findMany({
      select: { gpu_utilization: true, recorded_at: true, connection_id: true },
      orderBy: { id: 'asc' },
    })

  const utilizations = async () => (await stored()).map((row) => row.gpu_utilization)

  it('writes every value of every GPU, with its time and its machine', async () => {
    await addConnection(database.client, 'other')
    const values = {
      gpu_utilization: 97.5,
      memory_used_mb: 60_123,
      memory_total_mb: 81_920,
      temperature_c: 71,
      power_watts: 312.25,
    }
    store.record('lab', machineSample(now, [values, { gpu_utilization: 3 }]))
    store.record('other', machineSample(now + 5, [{ temperature_c: 40 }]))
    await store.flush()
    const rows = await database.client.metric.findMany({ include: { gpu: true } })
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatchObject({
      ...values,
      connection_id: 'lab',
      recorded_at: new Date(now),
      gpu: { uuid: 'GPU-0', gpu_index: 0, connection_id: 'lab' },
    })
    expect(rows[1]).toMatchObject({ gpu_utilization: 3, power_watts: null, gpu: { gpu_index: 1 } })
    expect(rows[2]).toMatchObject({ connection_id: 'other', gpu: { connection_id: 'other' } })
  })

  it('leaves a gap where a GPU gave nothing', async () => {
    store.record('lab', machineSample(now, [{ gpu_utilization: 1 }, {}]))
    await store.flush()
    expect(await utilizations()).toEqual([1])
  })

  it('writes a reading once that is shown again in the next sample', async () => {
    const sample = machineSample(now, [{ gpu_utilization: 1 }])
    store.record('lab', sample)
    store.record('lab', { ...sample, recorded_at: new Date(now + 2000).toISOString() })
    await store.flush()
    store.record('lab', { ...sample, recorded_at: new Date(now + 4000).toISOString() })
    store.record('lab', { ...sample, gpus_recorded_at: null })
    await store.flush()
    expect(await stored()).toEqual([
      { gpu_utilization: 1, recorded_at: new Date(now), connection_id: 'lab' },
    ])
  })

  it('writes what is still buffered when it stops', async () => {
    store.start()
    for (let i = 0; i < 5_000; i++) {
      store.record('lab', machineSample(now + i, [{ gpu_utilization: i }]))
    }
    await store.stop()
    expect(await database.client.metric.count()).toBe(5_000)
  })

  it('writes the others when a machine is deleted meanwhile', async () => {
    await addConnection(database.client, 'deleted')
    const recordBoth = () => {
      now += 1000
      store.record('deleted', machineSample(now, [{ gpu_utilization: 1 }]))
      store.record('lab', machineSample(now, [{ gpu_utilization: 2 }]))
    }
    recordBoth()
    await store.flush()
    await database.client.connection.delete({ where: { id: 'deleted' } })
    recordBoth()
    await store.flush()
    recordBoth()
    await store.flush()
    expect(await utilizations()).toEqual([2, 2, 2])
    expect(troubles).toEqual([])
  })

  it('finds a GPU again whose row was deleted', async () => {
    store.record('lab', machineSample(now, [{ gpu_utilization: 1 }]))
    await store.flush()
    await database.client.gpu.deleteMany()
    for (const gpu_utilization of [2, 3]) {
      now += 1000
      store.record('lab', machineSample(now, [{ gpu_utilization }]))
      await store.flush()
    }
    expect(await utilizations()).toEqual([3])
  })

  it('writes nothing more for a connection that it was told to forget', async () => {
    store.record('lab', machineSample(now, [{ gpu_utilization: 1 }]))
    store.forget('lab')
    await store.flush()
    expect(await stored()).toEqual([])
  })

  it('keeps what it knows of a GPU current', async () => {
    const seen = async () => {
      const gpu = await database.client.gpu.findFirstOrThrow()
      return [gpu.gpu_index, gpu.pci_bus_id, gpu.name, gpu.last_seen_at.getTime() - START]
    }
    const record = (
      at: number,
      gpu: { index: number; pci_bus_id: string | null; name?: string },
    ) => {
      store.record('lab', machineSample(at, [{ gpu_utilization: 1, ...gpu }]))
      return store.flush()
    }
    await record(START, { index: 0, pci_bus_id: '00:01' })
    expect(await seen()).toEqual([0, '00:01', null, 0])
    await record(START + 1000, { index: 0, pci_bus_id: '00:01' })
    expect(await seen()).toEqual([0, '00:01', null, 0])
    await record(START + 2000, { index: 3, pci_bus_id: null, name: 'NVIDIA X1' })
    expect(await seen()).toEqual([3, '00:01', 'NVIDIA X1', 2000])
    await record(START + 2000 + MINUTE, { index: 3, pci_bus_id: '00:01', name: 'NVIDIA X1' })
    expect(await seen()).toEqual([3, '00:01', 'NVIDIA X1', 2000 + MINUTE])
  })

  it('tells which GPUs a machine had, also after a restart', async () => {
    store.record('lab', machineSample(now, [{ gpu_utilization: 1 }, { gpu_utilization: 1 }]))
    await store.flush()
    now += HOUR
    store.record('lab', machineSample(now, [{ gpu_utilization: 1, name: 'NVIDIA X1' }]))
    await store.flush()
    const first = { uuid: 'GPU-0', index: 0, pci_bus_id: null, name: 'NVIDIA X1' }
    const second = { uuid: 'GPU-1', index: 1, pci_bus_id: null, name: null }
    expect(await newStore().knownGpus('lab', new Date(START))).toEqual([first, second])
    expect(await newStore().knownGpus('lab', new Date(START + 1))).toEqual([first])
    expect(await newStore().knownGpus('other', new Date(START))).toEqual([])
  })

  it('keeps the newest samples while the database cannot be written, and writes them after', async () => {
    store = newStore(10)
    const record = (i: number) =>
      store.record('lab', machineSample(now + i, [{ gpu_utilization: i }]))
    record(0)
    await store.flush()
    const other = new Database(database.url.slice('file:'.length))
    await database.client.$executeRawUnsafe('PRAGMA busy_timeout = 1')
    other.exec('BEGIN IMMEDIATE')
    for (let i = 1; i <= 25; i++) {
      record(i)
      await store.flush()
    }
    expect(await utilizations()).toEqual([0])
    expect(store.droppedRows).toBe(15)
    // Reported once, not at each of 25 attempts; and again when a minute has passed.
    expect(troubles).toEqual([{ bufferedRows: 1, droppedRows: 0 }])
    now += MINUTE
    await store.flush()
    expect(troubles).toHaveLength(2)
    other.exec('ROLLBACK')
    other.close()
    await store.flush()
    expect(await utilizations()).toEqual([0, ...Array.from({ length: 10 }, (_, i) => i + 16)])
  })

  it('gives up samples that waited too long for their minute to be made again', async () => {
    store.record('lab', machineSample(now, [{ gpu_utilization: 1 }]))
    store.record('lab', machineSample(now + HOUR, [{ gpu_utilization: 2 }]))
    now += HOUR
    await store.flush()
    expect(await utilizations()).toEqual([2])
    expect(store.droppedRows).toBe(1)
  })

  it('makes averages again that were made without its late samples', async () => {
    const rollUp = () =>
      new RollUp({
        database: database.client,
        now: () => now,
        onError: (error) => {
          throw error
        },
      }).run()
    for (let i = 0; i < 8; i++) {
      store.record('lab', machineSample(START + i * 15_000, [{ gpu_utilization: 10 }]))
    }
    await store.flush()
    now = START + 15 * MINUTE + ROLLUP_DELAY_MS
    await rollUp()
    const averages = async () =>
      (await database.client.metricRollup.findMany()).map((row) => [
        row.bucket_s,
        (row.bucket_start.getTime() - START) / 1000,
        row.sample_count,
        row.gpu_utilization,
      ])
    const before = [
      [60, 0, 4, 10],
      [60, 60, 4, 10],
      [900, 0, 8, 10],
    ]
    expect(await averages()).toEqual(before)
    for (let i = 0; i < 4; i++) {
      store.record('lab', machineSample(START + 61_000 + i, [{ gpu_utilization: 20 }]))
    }
    await store.flush()
    await rollUp()
    expect(await averages()).toEqual([
      [60, 0, 4, 10],
      [60, 60, 8, 15],
      [900, 0, 12, 160 / 12],
    ])
  })
})
