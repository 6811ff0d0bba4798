import { hostReadingAt, readingAt, type SimulatedMachine } from '@/e2e/testbed/simulated-machine'
import { Prisma, type PrismaClient } from '@/lib/db/generated/client'
import { GPU_SERIES, HOST_SERIES, type Series } from '@/lib/dgx/gpu/series'

const MINUTE_MS = 60_000
const QUARTER_MS = 15 * MINUTE_MS
const DAY_MS = 24 * 60 * MINUTE_MS
/** Fine enough for every chart of a day, coarse enough to be written in a second or two. */
const STEP_MS = 15_000
/** As the sampler does it, for the charts that begin live. */
const LIVE_STEP_MS = 2_000
const LIVE_MS = 10 * MINUTE_MS
/** Averages of each length (s), from days ago up to days ago. */
const ROLLUPS = [
  { bucketMs: MINUTE_MS, fromDays: 8, toDays: 1 },
  { bucketMs: QUARTER_MS, fromDays: 120, toDays: 1 },
]
/** How many moments of a bucket are looked at. */
const LOOKS = 4

/** The values of a moment in the order of a series: its averages, then its sizes. */
type ReadAt = (atMs: number) => (number | null)[]

/** Writes what is missing of a machine's past: a day of samples, months of averages. */
export async function fillHistory(
  database: PrismaClient,
  options: { connectionId: string; machine: SimulatedMachine; now: number },
): Promise<void> {
  const { connectionId, machine, now } = options
  const last = await database.hostMetric.findFirst({
    where: { connection_id: connectionId },
    orderBy: { recorded_at: 'desc' },
  })
  const from = Math.max(now - DAY_MS, (last?.recorded_at.getTime() ?? 0) + LIVE_STEP_MS)
  for (const [i, { uuid, bus }] of machine.gpus.entries()) {
    const seen = { last_seen_at: new Date(now) }
    const { id } = await database.gpu.upsert({
      where: { connection_id_uuid: { connection_id: connectionId, uuid } },
      create: {
        connection_id: connectionId,
        uuid,
        gpu_index: i,
        pci_bus_id: bus,
        name: machine.gpuName,
        ...seen,
      },
      update: seen,
    })
    const read: ReadAt = (at) => gpuValues(machine, i, at)
    await writeSamples(database, GPU_SERIES, { connection_id: connectionId, gpu_id: id }, read, {
      from,
      now,
    })
    if (!last) await writeRollups(database, GPU_SERIES, { gpu_id: id }, read, now)
  }
  const read: ReadAt = (at) => hostValues(machine, at)
  const owner = { connection_id: connectionId }
  await writeSamples(database, HOST_SERIES, owner, read, { from, now })
  if (!last) await writeRollups(database, HOST_SERIES, owner, read, now)
}

function gpuValues(machine: SimulatedMachine, index: number, at: number): number[] {
  const { utilization, memoryUsedMb, temperature, watts } = readingAt(machine, index, at)
  const total = machine.isUnified ? machine.memoryTotalMb : machine.gpuMemoryMb
  return [utilization, memoryUsedMb, temperature, watts, total]
}

function hostValues(machine: SimulatedMachine, at: number): number[] {
  const { cpu, load, availableMb, cachedMb, rxBytesPerS, txBytesPerS } = hostReadingAt(machine, at)
  const pressure = 0
  const swap = 0
  const rates = [rxBytesPerS, txBytesPerS].map(Math.round)
  return [
    Math.round(1000 * cpu) / 10,
    load,
    availableMb,
    cachedMb,
    swap,
    pressure,
    DISK_USED_GB,
    ...rates,
    machine.memoryTotalMb,
    DISK_TOTAL_GB,
  ]
}

const DISK_USED_GB = 1649
const DISK_TOTAL_GB = 3840

async function writeSamples(
  database: PrismaClient,
  series: Series,
  owner: Record<string, string | number>,
  read: ReadAt,
  { from, now }: { from: number; now: number },
): Promise<void> {
  const rows = []
  for (let at = from; at < now; at += at < now - LIVE_MS ? STEP_MS : LIVE_STEP_MS) {
    rows.push([...Object.values(owner), at, ...read(at)])
  }
  const names = [...Object.keys(owner), 'recorded_at', ...series.averaged, ...series.sizes]
  await insert(database, series.samples, names, rows)
}

async function writeRollups(
  database: PrismaClient,
  series: Series,
  owner: Record<string, string | number>,
  read: ReadAt,
  now: number,
): Promise<void> {
  const averaged = series.averaged.flatMap((name) => [name, `${name}_min`, `${name}_max`])
  const names = ['bucket_s', 'bucket_start', ...series.counts, ...averaged, ...series.sizes]
  for (const { bucketMs, fromDays, toDays } of ROLLUPS) {
    const rows = []
    // Whole quarters: the next tier goes on where this one ends.
    const edge = (days: number) => Math.floor((now - days * DAY_MS) / QUARTER_MS) * QUARTER_MS
    for (let at = edge(fromDays); at < edge(toDays); at += bucketMs) {
      const looks = Array.from({ length: LOOKS }, (_, i) =>
        read(at + ((i + 0.5) * bucketMs) / LOOKS),
      )
      const values = series.averaged.flatMap((_, i) => {
        const all = looks.map((look) => look[i] ?? 0)
        return [all.reduce((a, b) => a + b, 0) / LOOKS, Math.min(...all), Math.max(...all)]
      })
      const sizes = looks[0]?.slice(series.averaged.length) ?? []
      const counts = series.counts.map((name) =>
        name === 'sample_count' ? bucketMs / LIVE_STEP_MS : bucketMs / MINUTE_MS,
      )
      rows.push([...Object.values(owner), bucketMs / 1000, at, ...counts, ...values, ...sizes])
    }
    await insert(database, series.rollups, [...Object.keys(owner), ...names], rows)
  }
}

/** Names are our own, from `series.ts`. */
async function insert(
  database: PrismaClient,
  table: string,
  names: readonly string[],
  rows: readonly unknown[][],
): Promise<void> {
  const values = names.map((_, i) => `value ->> ${i}`)
  await database.$executeRaw`
    INSERT OR IGNORE INTO ${Prisma.raw(`${table} (${names.join(', ')})`)}
    SELECT ${Prisma.raw(values.join(', '))} FROM json_each(${JSON.stringify(rows)})`
}
