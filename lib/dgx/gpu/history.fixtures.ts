import type { createTestDatabase } from '../../db/test-database'
import { insertSamples, type SampleRow } from './store.sql'
import type { GpuSample, HostSample, MachineSample } from './types'

type Client = Awaited<ReturnType<typeof createTestDatabase>>['client']

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const RETENTION = { rawHours: 24, minuteDays: 30, quarterDays: 366 }

/** A machine with GPUs, for samples to hang on; gives the ids of the GPUs. */
export async function addMachine(client: Client, id: string, gpuCount: number, seenAt: number) {
  await addConnection(client, id)
  const gpuIds: number[] = []
  for (let index = 0; index < gpuCount; index++) {
    const gpu = await client.gpu.create({
      data: {
        connection_id: id,
        uuid: `GPU-${id}-${index}`,
        gpu_index: index,
        last_seen_at: new Date(seenAt),
      },
    })
    gpuIds.push(gpu.id)
  }
  return gpuIds
}

export async function addConnection(client: Client, id: string): Promise<void> {
  await client.connection.create({
    data: {
      id,
      name: id,
      hostname: `${id}.example`,
      username: 'someone',
      created_at: new Date(0),
      updated_at: new Date(0),
    },
  })
}

/** A reading of a machine; each GPU and the host are given by what matters to the test. */
export function machineSample(
  at: number,
  gpus: Array<Partial<GpuSample>>,
  host: Partial<HostSample> = {},
): MachineSample {
  const recorded_at = new Date(at).toISOString()
  return {
    recorded_at,
    gpus: gpus.map((gpu, index) => ({ ...BLANK_GPU, index, uuid: `GPU-${index}`, ...gpu })),
    gpus_recorded_at: recorded_at,
    host: { ...BLANK_HOST, ...host },
    errors: [],
    nvidia_smi_duration_ms: 20,
  }
}

const BLANK_GPU: GpuSample = {
  index: null,
  uuid: '',
  pci_bus_id: null,
  name: null,
  gpu_utilization: null,
  memory_used_mb: null,
  memory_total_mb: null,
  memory_available_mb: null,
  memory_kind: 'unknown',
  memory_activity: null,
  temperature_c: null,
  power_watts: null,
  power_limit_watts: null,
  sm_clock_mhz: null,
  sm_clock_max_mhz: null,
  memory_clock_mhz: null,
  pstate: null,
  throttle_reasons: [],
  health: { status: 'ok', reasons: [] },
  processes: [],
  details: null,
  null_reasons: {},
}

const BLANK_HOST: HostSample = {
  hostname: null,
  uptime_s: null,
  cpu_utilization: null,
  cpu_count: null,
  load_1m: null,
  memory_total_mb: null,
  memory_available_mb: null,
  memory_cached_mb: null,
  swap_used_mb: null,
  memory_pressure_some_avg10: null,
  disk_used_gb: null,
  disk_total_gb: null,
  network_rx_bytes_per_s: null,
  network_tx_bytes_per_s: null,
  driver_version: null,
}

/** The same numbers in [0, 1) at every run, so that a failure can be seen again. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/**
 * Samples of one GPU at random times, `everyMs` apart on average, with hours missing and values
 * that are unknown for hours. (Known only at times within a bucket, a value weighs as if always.)
 */
export function randomSamples(options: {
  gpuId: number
  from: number
  to: number
  everyMs: number
  random: () => number
  /** How likely hours are missing after a sample. */
  gapChance?: number
}): SampleRow[] {
  const { gpuId, from, to, everyMs, random, gapChance = 0.002 } = options
  const rows: SampleRow[] = []
  let at = from
  while (true) {
    at += 1 + Math.floor(random() * 2 * everyMs)
    if (random() < gapChance) at += Math.floor(random() * 5 * HOUR)
    if (at >= to) return rows
    const isKnown = (nth: number) => (Math.floor(at / (3 * HOUR)) + nth) % 4 !== 0
    rows.push({
      gpuId,
      at,
      gpu_utilization: isKnown(0) ? Math.round(random() * 100) : null,
      memory_used_mb: isKnown(1) ? Math.round(random() * 80_000) : null,
      memory_total_mb: 81_920,
      temperature_c: isKnown(2) ? Math.round(30 + random() * 60) : null,
      power_watts: isKnown(3) ? Math.round(random() * 70_000) / 100 : null,
    })
  }
}

export async function insertAll(client: Client, rows: readonly SampleRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += 5_000) await insertSamples(client, rows.slice(i, i + 5_000))
}

export const VALUE_NAMES = [
  'gpu_utilization',
  'memory_used_mb',
  'temperature_c',
  'power_watts',
] as const

/**
 * The plain way: all samples of a bucket, added up. Keyed by GPU and start of the bucket.
 * @param origin the start of any bucket
 */
export function averagesOf(rows: readonly SampleRow[], bucketMs: number, origin = 0) {
  const buckets = new Map<string, SampleRow[]>()
  for (const row of rows) {
    const key = `${row.gpuId} ${Math.floor((row.at - origin) / bucketMs) * bucketMs + origin}`
    buckets.set(key, [...(buckets.get(key) ?? []), row])
  }
  return new Map(Array.from(buckets, ([key, samples]) => [key, averageOf(samples)]))
}

function averageOf(samples: readonly SampleRow[]) {
  const values: Record<string, number | null> = {}
  for (const name of VALUE_NAMES) {
    const known = samples.flatMap((sample) => sample[name] ?? [])
    const isKnown = known.length > 0
    values[name] = isKnown ? known.reduce((sum, value) => sum + value, 0) / known.length : null
    values[`${name}_min`] = isKnown ? Math.min(...known) : null
    values[`${name}_max`] = isKnown ? Math.max(...known) : null
  }
  const minutes = new Set(samples.map(({ at }) => Math.floor(at / MINUTE)))
  return { sample_count: samples.length, sampled_minutes: minutes.size, values }
}
