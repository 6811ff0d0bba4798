/** Writing samples, and the GPUs they belong to. */
import { z } from 'zod'
import { columns, type Database, whole } from './samples.sql'
import { HOST_SERIES } from './series'

/** A GPU as the sampler found it. */
export type SeenGpu = {
  connectionId: string
  uuid: string
  index: number | null
  pciBusId: string | null
  name: string | null
  seenAt: number
}

const gpuIds = z.array(z.object({ id: whole, connection_id: z.string(), uuid: z.string() }))

/**
 * Adds GPUs and refreshes those that are there. A GPU whose connection is gone is left out of
 * the answer; what is null now keeps its last known value.
 */
export async function upsertGpus(database: Database, seen: readonly SeenGpu[]) {
  const rows = seen.map((gpu) => [
    gpu.connectionId,
    gpu.uuid,
    gpu.index,
    gpu.pciBusId,
    gpu.name,
    gpu.seenAt,
  ])
  const answer = await database.$queryRaw`
    INSERT INTO dgx_gpus (connection_id, uuid, gpu_index, pci_bus_id, name, last_seen_at)
    SELECT c.id, seen.value ->> 1, seen.value ->> 2, seen.value ->> 3, seen.value ->> 4,
           seen.value ->> 5
    FROM json_each(${JSON.stringify(rows)}) AS seen
    JOIN dgx_connections AS c ON c.id = seen.value ->> 0
    WHERE true
    ON CONFLICT (connection_id, uuid) DO UPDATE SET
      gpu_index = coalesce(excluded.gpu_index, gpu_index),
      pci_bus_id = coalesce(excluded.pci_bus_id, pci_bus_id),
      name = coalesce(excluded.name, name),
      last_seen_at = max(excluded.last_seen_at, last_seen_at)
    RETURNING id, connection_id, uuid`
  return gpuIds.parse(answer)
}

const knownGpus = z.array(
  z.object({
    uuid: z.string(),
    index: whole.nullable(),
    pci_bus_id: z.string().nullable(),
    name: z.string().nullable(),
  }),
)

/** The GPUs of a connection seen at or after a time, by their index. */
export async function selectKnownGpus(database: Database, connectionId: string, since: number) {
  const answer = await database.$queryRaw`
    SELECT uuid, gpu_index AS "index", pci_bus_id, name FROM dgx_gpus
    WHERE connection_id = ${connectionId} AND last_seen_at >= ${since}
    ORDER BY gpu_index, id`
  return knownGpus.parse(answer)
}

/** A raw sample, ready to be written. `at` in ms; the other values in the columns' units. */
export type SampleRow = {
  gpuId: number
  at: number
  gpu_utilization: number | null
  memory_used_mb: number | null
  memory_total_mb: number | null
  temperature_c: number | null
  power_watts: number | null
}

/** Writes samples; those of GPUs that are gone are left out. Gives the number written. */
export function insertSamples(database: Database, samples: readonly SampleRow[]) {
  const rows = samples.map((sample) => [
    sample.gpuId,
    sample.gpu_utilization,
    sample.memory_used_mb,
    sample.memory_total_mb,
    sample.temperature_c,
    sample.power_watts,
    sample.at,
  ])
  return database.$executeRaw`
    INSERT INTO dgx_metrics (connection_id, gpu_id, gpu_utilization, memory_used_mb,
                             memory_total_mb, temperature_c, power_watts, recorded_at)
    SELECT g.connection_id, g.id, s.value ->> 1, s.value ->> 2, s.value ->> 3, s.value ->> 4,
           s.value ->> 5, s.value ->> 6
    FROM json_each(${JSON.stringify(rows)}) AS s
    JOIN dgx_gpus AS g ON g.id = s.value ->> 0`
}

const HOST_VALUES = [...HOST_SERIES.averaged, ...HOST_SERIES.sizes]

type HostValue = (typeof HOST_VALUES)[number]

/** A raw sample of a host, ready to be written. `at` in ms; values in the columns' units. */
export type HostSampleRow = Record<HostValue, number | null> & { connectionId: string; at: number }

/**
 * Writes samples of hosts; those of connections that are gone are left out. A second one of the
 * same millisecond takes the place of the first.
 */
export function insertHostSamples(database: Database, samples: readonly HostSampleRow[]) {
  const rows = samples.map((sample) => [
    sample.connectionId,
    sample.at,
    ...HOST_VALUES.map((name) => sample[name]),
  ])
  const values = HOST_VALUES.map((_name, i) => `s.value ->> ${i + 2}`)
  return database.$executeRaw`
    INSERT OR REPLACE INTO dgx_host_metrics (connection_id, recorded_at, ${columns(HOST_VALUES)})
    SELECT c.id, s.value ->> 1, ${columns(values)}
    FROM json_each(${JSON.stringify(rows)}) AS s
    JOIN dgx_connections AS c ON c.id = s.value ->> 0`
}
