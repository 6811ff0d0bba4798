import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import type { HostHistoryRow } from './answers'
import { getHistory } from './history'
import { addConnection, DAY, HOUR, MINUTE, machineSample, RETENTION } from './history.fixtures'
import type { HistoryRequest } from './history-series'
import { HOST_HISTORY_COLUMNS, readHostHistory } from './host-history'
import { Retention, removeMetrics } from './retention'
import { RollUp } from './rollup'
import { MetricStore } from './store'
import type { HostSample } from './types'

const STEP_MS = 10_000
/** At an edge of buckets of 6 h, the longest. */
const START = Date.UTC(2026, 5, 7, 12)
const END = START + 6 * HOUR
const TIMES = Array.from({ length: (END - START) / STEP_MS }, (_, i) => START + i * STEP_MS)

/** What the host showed at a time: other values each time, and no pressure in the second half. */
function hostAt(at: number): Partial<HostSample> {
  const i = (at - START) / STEP_MS
  return {
    cpu_utilization: (i * 7) % 101,
    load_1m: (i % 13) + 0.25,
    memory_total_mb: 128_000,
    memory_available_mb: 90_000 - (i % 500),
    memory_cached_mb: 20_000 + (i % 300),
    swap_used_mb: i % 3,
    memory_pressure_some_avg10: at < START + 3 * HOUR ? (i % 5) / 4 : null,
    disk_used_gb: 800.5 + Math.floor(i / 6) / 100,
    disk_total_gb: 1888.3,
    network_rx_bytes_per_s: i * 1_000_000.5,
    network_tx_bytes_per_s: (i % 17) * 1_000,
  }
}

describe('the history of hosts', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let now: number
  let store: MetricStore
  beforeEach(async () => {
    database = await createTestDatabase()
    await addConnection(database.client, 'lab')
    now = START
    store = newStore()
  })
  afterEach(() => database.close())

  const onError = (error: unknown) => {
    throw error
  }
  const newStore = () => new MetricStore({ database: database.client, now: () => now, onError })
  const rollUp = () => new RollUp({ database: database.client, now: () => now, onError }).run()
  const prune = (retention = RETENTION) =>
    new Retention({ database: database.client, now: () => now, onError, retention }).run()

  async function live(connectionId: string, from: number, to: number) {
    for (let at = from; at < to; at += STEP_MS) {
      now = at
      store.record(connectionId, machineSample(at, [], hostAt(at)))
      if (at % (15 * MINUTE) === 0) await store.flush()
    }
    now = to
    await store.flush()
  }

  const history = (request: Partial<HistoryRequest> = {}) =>
    readHostHistory({
      database: database.client,
      connectionId: 'lab',
      from: new Date(START),
      to: new Date(END),
      points: 300,
      retention: RETENTION,
      now: new Date(now),
      ...request,
    })

  /** The plain way: every sample of the bucket, added up. */
  function expectAverages({ rows, meta }: Awaited<ReturnType<typeof history>>) {
    const bucketMs = meta.bucket_s * 1000
    for (const row of rows) {
      const start = Date.parse(row.recorded_at)
      const samples = TIMES.filter((at) => at >= start && at < start + bucketMs).map(hostAt)
      for (const column of HOST_HISTORY_COLUMNS) {
        if (column === 'recorded_at') continue
        const name = column.replace(/_(?:min|max)$/, '') as keyof HostSample
        const known = samples.flatMap((sample) => sample[name] ?? []).map(Number)
        if (known.length === 0) {
          expect(row[column]).toBeNull()
          continue
        }
        const expected = column.endsWith('_min')
          ? Math.min(...known)
          : column.endsWith('_max')
            ? Math.max(...known)
            : known.reduce((sum, value) => sum + value, 0) / known.length
        const tolerance = Math.max(0.000_51, Math.abs(expected) * 1e-9)
        expect(Math.abs((row[column] ?? Number.NaN) - expected)).toBeLessThanOrEqual(tolerance)
      }
    }
  }

  it('keeps every value of the host, whatever its GPUs gave', async () => {
    const blank = machineSample(START, [], hostAt(START + STEP_MS))
    store.record('lab', { ...blank, gpus_recorded_at: null })
    await store.flush()
    const { rows, meta } = await history()
    expect(meta).toMatchObject({ tier: 'raw', points: 300 })
    expect(rows).toHaveLength(1)
    const row = rows[0] as HostHistoryRow
    expect(row).toMatchObject({
      ...hostAt(START + STEP_MS),
      load_1m_max: 1.25,
      recorded_at: new Date(START).toISOString(),
    })
    expect(Object.keys(row)).toEqual([...HOST_HISTORY_COLUMNS])
    expect(Object.values(row)).not.toContain(null)
  })

  it.each([
    { tier: 'raw', bucket_s: 72 },
    { tier: '1m', bucket_s: 120, retention: { ...RETENTION, rawHours: 1 } },
    { tier: '15m', bucket_s: 900, retention: { ...RETENTION, rawHours: 1, minuteDays: 0 } },
    { tier: '3h', bucket_s: 21_600, from: new Date(END - 366 * DAY), points: 2000 },
  ])(
    'averages from the tier $tier, with the least and greatest',
    async ({ tier, bucket_s, ...request }) => {
      await live('lab', START, END)
      now += MINUTE
      await rollUp()
      const answer = await history(request)
      expect(answer.meta).toMatchObject({ tier, bucket_s })
      expect(answer.rows).toHaveLength((END - START) / 1000 / bucket_s)
      expectAverages(answer)
    },
  )

  it('reaches up to now, also where nothing is rolled up yet', async () => {
    await live('lab', START, END - HOUR)
    await rollUp()
    await live('lab', END - HOUR, END)
    const answer = await history({ retention: { ...RETENTION, rawHours: 1 } })
    expect(answer.meta.tier).toBe('1m')
    expect(answer.rows).toHaveLength(180)
    expectAverages(answer)
  })

  it('leaves a gap where the host gave nothing but the disk sizes of before', async () => {
    await live('lab', START, START + MINUTE)
    const { disk_used_gb = null, disk_total_gb = null } = hostAt(now)
    store.record(
      'lab',
      machineSample(now, [{ gpu_utilization: 1 }], { disk_used_gb, disk_total_gb }),
    )
    await store.flush()
    expect(await database.client.hostMetric.count()).toBe(6)
    expect(await database.client.metric.count()).toBe(1)
  })

  it('keeps what waits while the database cannot be written, and makes its averages again', async () => {
    await live('lab', START, START + 5 * MINUTE)
    const late = machineSample(START + 4 * MINUTE + 1, [], { load_1m: 1000 })
    now = START + 20 * MINUTE
    await rollUp()
    const before = await history()
    expect(Math.max(...before.rows.map((row) => row.load_1m_max ?? 0))).toBeLessThan(20)
    store.record('lab', late)
    await store.flush()
    await rollUp()
    const answer = await history({ retention: { ...RETENTION, rawHours: 0 } })
    expect(answer.meta.tier).toBe('1m')
    expect(Math.max(...answer.rows.map((row) => row.load_1m_max ?? 0))).toBe(1000)
  })

  it('shows one machine only, and its host apart from its GPUs', async () => {
    await addConnection(database.client, 'other')
    store.record('lab', machineSample(START, [{ gpu_utilization: 5 }], { load_1m: 1 }))
    store.record('other', machineSample(START, [], { load_1m: 2 }))
    store.record('gone', machineSample(START, [], { load_1m: 3 }))
    await store.flush()
    const loads = async (connectionId: string) =>
      (await history({ connectionId })).rows.map((row) => row.load_1m)
    expect(await loads('lab')).toEqual([1])
    expect(await loads('other')).toEqual([2])
    expect(await loads('gone')).toEqual([])
    const { rows } = await getHistory({
      ...{ database: database.client, connectionId: 'lab', points: 10, retention: RETENTION },
      ...{ from: new Date(START), now: new Date(START + HOUR) },
    })
    expect(rows.map((row) => row.gpu_utilization)).toEqual([5])
  })

  it('goes tier by tier when it is old, and as a whole with its connection', async () => {
    await addConnection(database.client, 'other')
    await live('lab', START, START + HOUR)
    now = START
    await live('other', START, START + HOUR)
    now = START + 4 * HOUR
    await rollUp()
    now = START + 25 * HOUR
    await prune()
    expect(await database.client.hostMetric.count()).toBe(0)
    expect(await database.client.hostMetricRollup.count()).toBe(2 * (60 + 4 + 1))
    await removeMetrics({ database: database.client, connectionId: 'lab' })
    const left = await database.client.hostMetricRollup.groupBy({
      by: ['connection_id'],
      _count: true,
    })
    expect(left).toEqual([{ connection_id: 'other', _count: 65 }])
    await database.client.connection.delete({ where: { id: 'other' } })
    expect(await database.client.hostMetricRollup.count()).toBe(0)
  })
})
