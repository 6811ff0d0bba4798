import { randomUUID } from 'node:crypto'
import type { SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import { openDatabase } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { RollUp } from '@/lib/dgx/gpu/rollup'
import { addHealthStory } from './health'
import { fillHistory } from './history'
import { putRunsBack } from './managed-jobs'
import { addProjects, type DemoMachine } from './projects'

/** Of a large fleet only the first have a past: it takes a second each. */
const WITH_A_PAST = 3

/**
 * Fills the demo's database: the machines on their ports of today, history that reaches up to
 * now, and some projects and jobs. May run at every start.
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
    const places: DemoMachine[] = []
    for (const [i, machine] of machines.entries()) {
      const connectionId = await connectionFor(database, {
        name: machine.hostname,
        port: ports[i] ?? 0,
        position: i,
      })
      places.push({ machine, connectionId })
    }
    const isNew = (await database.project.count()) === 0
    // Before the history, which is what they made of the GPUs.
    if (isNew) await addProjects(database, places, now)
    else await putRunsBack(database, new Map(places.map((p) => [p.connectionId, p.machine])))
    // What took seconds is missing by then, and live charts go on from there.
    for (const until of [() => now, Date.now]) {
      for (const place of places.slice(0, WITH_A_PAST))
        await fillHistory(database, { ...place, now: until() })
    }
    await new RollUp({ database, onError: (error) => console.error(error) }).run()
    const a100 = places[1]
    const gpuUuid = a100?.machine.gpus[3]?.uuid
    if (isNew && a100 && gpuUuid) {
      const { connectionId } = a100
      await addHealthStory(database, { connectionId, gpuUuid, gpuIndex: 3, now })
    }
  } finally {
    await database.$disconnect()
  }
}

async function connectionFor(
  database: PrismaClient,
  { name, port, position }: { name: string; port: number; position: number },
): Promise<string> {
  const now = new Date()
  const place = { hostname: '127.0.0.1', port, username: 'demo', is_active: true, updated_at: now }
  const before = await database.connection.findUnique({ where: { name } })
  const row = before
    ? await database.connection.update({ where: { id: before.id }, data: place })
    : await database.connection.create({
        data: { id: randomUUID(), name, position, created_at: now, ...place },
      })
  return row.id
}
