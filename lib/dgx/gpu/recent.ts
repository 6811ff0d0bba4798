import type { MachineSample } from './types'

/** The values of one GPU that are drawn; unknown is null. */
export type RecentGpu = {
  uuid: string
  index: number | null
  gpu_utilization: number | null
  memory_used_mb: number | null
  temperature_c: number | null
  power_watts: number | null
}

/** A sample cut down to what charts need. */
export type RecentSample = {
  /** Milliseconds since 1970. */
  at: number
  gpus: RecentGpu[]
}

/** Ten minutes at the default interval; about 30 kB for a machine with eight GPUs. */
const KEPT_SAMPLES = 300

/** The last samples of each machine in memory: sparklines, live charts and resumed streams. */
export class RecentSamples {
  readonly #samples = new Map<string, RecentSample[]>()

  record(connectionId: string, sample: MachineSample): void {
    if (sample.gpus_recorded_at === null) return
    const at = Date.parse(sample.gpus_recorded_at)
    const kept = this.#samples.get(connectionId) ?? []
    this.#samples.set(connectionId, kept)
    // A slow nvidia-smi's reading comes again with the next sample.
    if (kept.at(-1)?.at === at) return
    kept.push({ at, gpus: sample.gpus.map(toRecentGpu) })
    if (kept.length > KEPT_SAMPLES) kept.splice(0, kept.length - KEPT_SAMPLES)
  }

  /** Samples after `since` (ms), oldest first. */
  list(connectionId: string, since = 0): RecentSample[] {
    return (this.#samples.get(connectionId) ?? []).filter(({ at }) => at > since)
  }

  forget(connectionId: string): void {
    this.#samples.delete(connectionId)
  }
}

function toRecentGpu({
  uuid,
  index,
  gpu_utilization,
  memory_used_mb,
  memory_total_mb,
  memory_available_mb,
  memory_kind,
  temperature_c,
  power_watts,
}: MachineSample['gpus'][number]): RecentGpu {
  const pool =
    memory_kind === 'unified' && memory_total_mb !== null && memory_available_mb !== null
      ? memory_total_mb - memory_available_mb
      : memory_used_mb
  return { uuid, index, gpu_utilization, memory_used_mb: pool, temperature_c, power_watts }
}
