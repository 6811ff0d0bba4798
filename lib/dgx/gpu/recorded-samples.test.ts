import { expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database'
import { addConnection, MINUTE, machineSample, RETENTION } from './history.fixtures'
import { RecentSamples } from './recent'
import { readRecordedSamples } from './recorded-samples'
import { MetricStore } from './store'

it('gives the last ten minutes back as they were sampled, gaps and all', async () => {
  const database = await createTestDatabase()
  await addConnection(database.client, 'lab')
  const start = Date.UTC(2026, 5, 7, 12)
  const end = start + 15 * MINUTE
  let now = start
  const store = new MetricStore({
    database: database.client,
    now: () => now,
    onError: (error) => {
      throw error
    },
  })
  const live = new RecentSamples()
  const isAway = (at: number) => at >= end - 4 * MINUTE && at < end - 3 * MINUTE
  for (let at = start; at < end; at += 2_000) {
    if (isAway(at)) continue
    now = at
    const gpu = (n: number) => ({ gpu_utilization: (at / 2_000 + n) % 100, power_watts: null })
    const host = { memory_total_mb: 1_000, memory_available_mb: 400, load_1m: 1.5 }
    const sample = machineSample(at, [gpu(0), gpu(1)], host)
    store.record('lab', sample)
    live.record('lab', sample)
  }
  now = end
  await store.flush()

  const recorded = await readRecordedSamples({
    database: database.client,
    connectionId: 'lab',
    retention: RETENTION,
    now: new Date(end),
  })
  const expected = live.list('lab', end - 10 * MINUTE - 1)
  expect(expected).toHaveLength(270)
  const known = (samples: typeof recorded) =>
    samples.map(({ at, gpus, host }) => ({
      at,
      gpus: gpus?.map(({ uuid, gpu_utilization, power_watts }) => ({
        uuid,
        gpu_utilization,
        power_watts,
      })),
      memory: host.memory_used_mb,
      load: host.load_1m,
    }))
  expect(known(recorded)).toEqual(known(expected))

  const recent = new RecentSamples()
  recent.record('lab', machineSample(end, [{ gpu_utilization: 1 }]))
  recent.restore('lab', recorded)
  expect(recent.list('lab').map(({ at }) => at)).toEqual([...recorded.map(({ at }) => at), end])
  await database.close()
})
