import { randomUUID } from 'node:crypto'
import type { SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import { openDatabase } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { RollUp } from '@/lib/dgx/gpu/rollup'
import { addHealthStory } from './health'
import { fillHistory } from './history'
import { addProjects } from './projects'

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
    const ids: string[] = []
    for (const [i, machine] of machines.entries()) {
      const id = await connectionFor(database, {
        name: machine.hostname,
        port: ports[i] ?? 0,
        position: i,
      })
      ids.push(id)
      if (i < WITH_A_PAST) await fillHistory(database, { connectionId: id, machine, now })
    }
    // What took seconds is missing by now, and live charts go on from here.
    for (const [i, machine] of machines.slice(0, WITH_A_PAST).entries()) {
      await fillHistory(database, { connectionId: ids[i] ?? '', machine, now: Date.now() })
    }
    await new RollUp({ database, onError: (error) => console.error(error) }).run()
    if ((await database.project.count()) === 0) {
      await addProjects(database, ids, now)
      const [gpuIndex, gpuUuid] = [3, machines[1]?.gpus[3]?.uuid]
      const connectionId = ids[1]
      if (connectionId && gpuUuid)
        await addHealthStory(database, { connectionId, gpuUuid, gpuIndex, now })
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
