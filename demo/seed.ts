import { randomUUID } from 'node:crypto'
import { readingAt, type SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import { openDatabase } from '@/lib/db/client'
import type { PrismaClient } from '@/lib/db/generated/client'
import { RollUp } from '@/lib/dgx/gpu/rollup'

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

async function addProjects(database: PrismaClient, [spark, a100, desk]: string[], now: number) {
  const at = (hoursAgo: number) => new Date(now - hoursAgo * HOUR_MS)
  const project = (
    name: string,
    project_type: string,
    connection_id: string | undefined,
    remote_path: string,
    description: string,
  ) =>
    database.project.create({
      data: {
        id: randomUUID(),
        name,
        project_type,
        connection_id: connection_id ?? null,
        remote_path,
        description,
        config: {},
        created_at: at(30),
        updated_at: at(2),
      },
    })
  const vision = await project(
    'vit-large',
    'computer_vision',
    a100,
    '~/projects/vit',
    'Pre-training of a large vision transformer on the lab images.',
  )
  const chat = await project(
    'support-assistant',
    'nlp',
    desk,
    '~/projects/assistant',
    'LoRA fine-tunes of an 8B model for the support desk.',
  )
  await project(
    'local-llm',
    'generative',
    spark,
    '/srv/llm',
    'Serving models for the office from the Spark.',
  )

  const job = async (
    projectId: string,
    name: string,
    model: string,
    status: string,
    config: object,
    hours: [start: number, end: number | null],
    best: number,
  ) => {
    const id = randomUUID()
    const [start, end] = hours
    const points = 48
    const metricsAt = (i: number) => ({
      epoch: i + 1,
      train_loss: Number((best + 2.1 * Math.exp(-i / 11) + 0.03 * Math.sin(i * 1.7)).toFixed(4)),
      val_accuracy: Number((0.93 - 0.6 * Math.exp(-i / 14) + 0.008 * Math.sin(i * 2.3)).toFixed(4)),
    })
    await database.job.create({
      data: {
        id,
        project_id: projectId,
        name,
        model_name: model,
        status,
        config,
        metrics: metricsAt(points - 1),
        created_at: at(start + 0.1),
        started_at: at(start),
        completed_at: end === null ? null : at(end),
        updated_at: at(end ?? 0),
        metric_points: {
          createMany: {
            data: Array.from({ length: points }, (_, i) => ({
              metrics: metricsAt(i),
              recorded_at: at(start - ((start - (end ?? 0)) * (i + 1)) / points),
            })),
          },
        },
      },
    })
  }
  await job(
    vision.id,
    'vit-l-16 baseline',
    'vit_large',
    'completed',
    { lr: 0.0003, batch: 1024, gpus: 4 },
    [22, 9],
    0.41,
  )
  await job(
    vision.id,
    'vit-l-16 cosine',
    'vit_large',
    'running',
    { lr: 0.0005, batch: 1024, schedule: 'cosine', gpus: 4 },
    [8, null],
    0.33,
  )
  await job(
    vision.id,
    'vit-l-16 lr 1e-2',
    'vit_large',
    'failed',
    { lr: 0.01, batch: 1024, gpus: 4 },
    [21, 20.6],
    1.9,
  )
  await job(chat.id, 'lora r=16', 'llama-8b', 'completed', { rank: 16, epochs: 3 }, [15, 11], 0.72)
  await job(chat.id, 'lora r=64', 'llama-8b', 'running', { rank: 64, epochs: 3 }, [3, null], 0.64)
}
