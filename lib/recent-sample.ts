import type { GpuSample, MachineSample } from './dgx/gpu/types'
import type { RecentGpu, RecentHost, RecentSample } from './dgx/live/schema'

export type { RecentGpu, RecentHost, RecentSample }

/** Ten minutes at the default interval. */
const KEPT_SAMPLES = 300

/** @param lastGpusAt `gpus_recorded_at` of the sample before it: the same one is the same reading */
export function toRecentSample(
  { recorded_at, gpus_recorded_at, gpus, host }: MachineSample,
  lastGpusAt: string | null,
): RecentSample {
  const isNew = gpus_recorded_at !== null && gpus_recorded_at !== lastGpusAt
  return {
    at: Date.parse(recorded_at),
    gpus: isNew ? gpus.map(toRecentGpu) : null,
    host: {
      cpu_utilization: host.cpu_utilization,
      load_1m: host.load_1m,
      memory_used_mb: taken(host.memory_total_mb, host.memory_available_mb),
      disk_used_gb: host.disk_used_gb,
      network_rx_bytes_per_s: host.network_rx_bytes_per_s,
      network_tx_bytes_per_s: host.network_tx_bytes_per_s,
    },
  }
}

function toRecentGpu(gpu: GpuSample): RecentGpu {
  return {
    uuid: gpu.uuid,
    index: gpu.index,
    gpu_utilization: gpu.gpu_utilization,
    memory_used_mb: gpu.memory_used_mb,
    temperature_c: gpu.temperature_c,
    power_watts: gpu.power_watts,
    sm_clock_mhz: gpu.sm_clock_mhz,
  }
}

function taken(total: number | null, available: number | null): number | null {
  return total === null || available === null ? null : total - available
}

/** Adds samples to those that are kept, oldest first; what is not newer than the last is left out. */
export function keepSamples(kept: readonly RecentSample[], added: readonly RecentSample[]) {
  const last = kept.at(-1)?.at ?? 0
  const fresh = added.filter(({ at }) => at > last)
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-KEPT_SAMPLES)
}
