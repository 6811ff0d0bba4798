import type { RecentHost, RecentSample } from '@/lib/recent-sample'
import {
  type Column,
  GAP,
  type GpuColumns,
  type GpuMetric,
  placesWithGaps,
  timesOf,
  toGpuLines,
  type Values,
} from './columns'

const METRICS: readonly GpuMetric[] = [
  'gpu_utilization',
  'memory_used_mb',
  'temperature_c',
  'power_watts',
  'sm_clock_mhz',
]

/** The host's values beside one column of times (seconds since 1970). */
export type HostColumns = { at: number[]; metrics: Record<keyof RecentHost, Column> }

/** Without a sample for longer than this, values are old, and a line has a gap. */
export function staleAfterMs(sampleIntervalMs: number): number {
  return 3 * sampleIntervalMs + 2_000
}

/** Live samples as columns; one in which nvidia-smi had nothing new to say is no point. */
export function liveGpuColumns(
  samples: readonly RecentSample[],
  sampleIntervalMs: number,
): GpuColumns {
  const read = samples.flatMap(({ at, gpus }) => (gpus ? [{ at, gpus }] : []))
  const at = read.map((sample) => sample.at)
  const places = placesWithGaps(at, staleAfterMs(sampleIntervalMs))
  const gpus = toGpuLines(read.flatMap((sample) => sample.gpus))

  const metrics = Object.fromEntries(
    METRICS.map((metric) => [
      metric,
      gpus.map(() => ({ average: new Array<number | null>(places.length).fill(null) })),
    ]),
  ) as Record<GpuMetric, { average: Values }[]>
  const order = new Map(gpus.map(({ uuid }, i) => [uuid, i]))
  for (const [i, place] of places.entries()) {
    if (place === GAP) continue
    for (const gpu of read[place]?.gpus ?? []) {
      const line = order.get(gpu.uuid) ?? 0
      for (const metric of METRICS) {
        const column = metrics[metric][line]
        if (column) column.average[i] = gpu[metric]
      }
    }
  }
  return { at: timesOf(places, at), gpus, metrics }
}

/** The host's part of live samples as columns. */
export function liveHostColumns(
  samples: readonly RecentSample[],
  sampleIntervalMs: number,
): HostColumns {
  const at = samples.map((sample) => sample.at)
  const places = placesWithGaps(at, staleAfterMs(sampleIntervalMs))
  const column = (metric: keyof RecentHost): Column => ({
    average: places.map((place) => samples[place]?.host[metric] ?? null),
  })
  return {
    at: timesOf(places, at),
    metrics: {
      cpu_utilization: column('cpu_utilization'),
      load_1m: column('load_1m'),
      memory_used_mb: column('memory_used_mb'),
      disk_used_gb: column('disk_used_gb'),
      network_rx_bytes_per_s: column('network_rx_bytes_per_s'),
      network_tx_bytes_per_s: column('network_tx_bytes_per_s'),
    },
  }
}
