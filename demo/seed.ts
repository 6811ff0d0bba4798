import { randomUUID } from 'node:crypto'
import { readingAt, type SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import { openDatabase } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { RollUp } from '@/lib/dgx/gpu/rollup'
import { addProjects } from './projects'

const HOUR_MS = 3_600_000
const HISTORY_MS = 24 * HOUR_MS
/** Fine enough for every chart of a day, coarse enough to be written in a second or two. */
const STEP_MS = 15_000

/**
 * Fills the demo's database: the machines on their ports of today, a day of history that reaches
 * up to now, and some projects and jobs. May run at every start.
 */
export async function seed(options: {
  databaseUrl: string
  machines: SimulatedMachine[]
  ports: number[]
  now: number
}) {
  const { machines, ports, now } = options
  const database = openDatabase(options.databaseUrl)
  try {
    const ids: string[] = []
    for (const [i, machine] of machines.entries()) {
      const id = await connectionFor(database, machine.hostname, ports[i] ?? 0)
      ids.push(id)
      await fillHistory(database, id, machine, now)
    }
    await new RollUp({ database, onError: (error) => console.error(error) }).run()
    if ((await database.project.count()) === 0) await addProjects(database, ids, now)
  } finally {
    await database.$disconnect()
  }
}

async function connectionFor(database: PrismaClient, name: string, port: number): Promise<string> {
  const now = new Date()
  const place = { hostname: '127.0.0.1', port, username: 'demo', is_active: true, updated_at: now }
  const before = await database.connection.findUnique({ where: { name } })
  const row = before
    ? await database.connection.update({ where: { id: before.id }, data: place })
    : await database.connection.create({
        data: { id: randomUUID(), name, created_at: now, ...place },
      })
  return row.id
}

/** Writes the samples that are missing between the last one and now, at most a day of them. */
async function fillHistory(
  database: PrismaClient,
  connectionId: string,
  machine: SimulatedMachine,
  now: number,
) {
  for (const [i, { uuid, bus }] of machine.gpus.entries()) {
    const gpu = await database.gpu.upsert({
      where: { connection_id_uuid: { connection_id: connectionId, uuid } },
      create: {
        connection_id: connectionId,
        uuid,
        gpu_index: i,
        pci_bus_id: bus,
        name: machine.gpuName,
        last_seen_at: new Date(now),
      },
      update: { last_seen_at: new Date(now) },
    })
    const last = await database.metric.findFirst({
      where: { gpu_id: gpu.id },
      orderBy: { recorded_at: 'desc' },
    })
    const from = Math.max(now - HISTORY_MS, (last?.recorded_at.getTime() ?? 0) + STEP_MS)
    const rows = []
    for (let at = from; at < now; at += STEP_MS) {
      const reading = readingAt(machine, i, at)
      const total = machine.isUnified ? machine.memoryTotalMb : machine.gpuMemoryMb
      rows.push([
        at,
        reading.utilization,
        reading.memoryUsedMb,
        total,
        reading.temperature,
        reading.watts,
      ])
    }
    await database.$executeRaw`
      INSERT INTO dgx_metrics
        (connection_id, gpu_id, recorded_at, gpu_utilization, memory_used_mb, memory_total_mb, temperature_c, power_watts)
      SELECT ${connectionId}, ${gpu.id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      FROM json_each(${JSON.stringify(rows)})`
  }
}
