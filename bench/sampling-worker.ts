/** The sampling side alone, in a process whose cost is measured: connections, samplers, store. */
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { createTestDatabase } from '@/lib/db/test-database'
import { Monitor } from '@/lib/dgx/gpu/monitor'
import { RollUp } from '@/lib/dgx/gpu/rollup'
import { MetricStore } from '@/lib/dgx/gpu/store'
import { SshPool } from '@/lib/dgx/ssh/pool'

const [ports, seconds] = (await once(process, 'message'))[0] as [number[], number]
const { client: database, close } = await createTestDatabase()
const onError = (error: unknown) => console.error(error)
const store = new MetricStore({ database, onError })
const rollUp = new RollUp({ database, onError })
const monitor = new Monitor({ store, onSample: (id, sample) => store.record(id, sample) })
const hosts = new SshPool({
  hostKeys: { list: async () => [], add: async () => {} },
  policy: 'accept-new',
  onState: () => {},
})
store.start()
rollUp.start()
for (const [i, port] of ports.entries()) {
  const id = `machine-${i}`
  const now = new Date()
  await database.connection.create({
    data: {
      id,
      name: id,
      hostname: '127.0.0.1',
      username: 'demo',
      port,
      created_at: now,
      updated_at: now,
    },
  })
  const host = await hosts.host({
    id,
    hostname: '127.0.0.1',
    port,
    username: 'demo',
    ssh_key_path: null,
  })
  await host.connect()
  await monitor.watch(host, 1_000)
}
// The slow set of the first minute is read at once by all; measure after it.
await wait(4_000)
const before = await database.metric.count()
const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const cpu = process.cpuUsage()
const startedAt = performance.now()
await wait(seconds * 1_000)
const elapsed = (performance.now() - startedAt) / 1_000
const { user, system } = process.cpuUsage(cpu)
delay.disable()
await store.flush()
const rows = (await database.metric.count()) - before
process.send?.({
  hosts: ports.length,
  cpu_share_of_one_core: (user + system) / 1e6 / elapsed,
  cpu_s_per_host_minute: ((user + system) / 1e6 / elapsed / ports.length) * 60,
  event_loop_delay_p50_ms: delay.percentile(50) / 1e6,
  event_loop_delay_p99_ms: delay.percentile(99) / 1e6,
  event_loop_delay_max_ms: delay.max / 1e6,
  rows_per_s: rows / elapsed,
})
monitor.stop()
await hosts.stop()
await Promise.all([rollUp.stop(), store.stop()])
await close()
process.disconnect()
