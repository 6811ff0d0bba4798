/** The two kinds of things that are sampled, and the tables that hold their samples. */

/** Whose samples: a GPU by its small number, a host by its connection's id. */
export type OwnerId = number | string

export type Series = {
  /** Column of the owner in both tables. */
  owner: string
  /** Table with one row per owner, its key, and the column that says which connection it is of. */
  owners: { table: string; id: string; connection: string }
  samples: string
  /** Key of a raw sample. */
  sampleKey: readonly string[]
  rollups: string
  /** What is added up over the samples of a bucket. */
  counts: readonly ('sample_count' | 'sampled_minutes')[]
  /** Values that are averaged; each has its least and greatest beside it. */
  averaged: readonly string[]
  /** Sizes, which seldom change: the greatest stands for a bucket. */
  sizes: readonly string[]
}

export const GPU_SERIES = {
  owner: 'gpu_id',
  owners: { table: 'dgx_gpus', id: 'id', connection: 'connection_id' },
  samples: 'dgx_metrics',
  sampleKey: ['id'],
  rollups: 'dgx_metric_rollups',
  counts: ['sample_count', 'sampled_minutes'],
  averaged: ['gpu_utilization', 'memory_used_mb', 'temperature_c', 'power_watts'],
  sizes: ['memory_total_mb'],
} as const satisfies Series

export const HOST_SERIES = {
  owner: 'connection_id',
  owners: { table: 'dgx_connections', id: 'id', connection: 'id' },
  samples: 'dgx_host_metrics',
  sampleKey: ['connection_id', 'recorded_at'],
  rollups: 'dgx_host_metric_rollups',
  counts: ['sample_count'],
  averaged: [
    'cpu_utilization',
    'load_1m',
    'memory_available_mb',
    'memory_cached_mb',
    'swap_used_mb',
    'memory_pressure_some_avg10',
    'disk_used_gb',
    'network_rx_bytes_per_s',
    'network_tx_bytes_per_s',
  ],
  sizes: ['memory_total_mb', 'disk_total_gb'],
} as const satisfies Series

export const ALL_SERIES: readonly Series[] = [GPU_SERIES, HOST_SERIES]

/** The values of a bucket: each average with its extremes, then the sizes. */
export function valuesOf(series: Series): string[] {
  return [
    ...series.averaged.flatMap((name) => [name, `${name}_min`, `${name}_max`]),
    ...series.sizes,
  ]
}

type HostAverage = (typeof HOST_SERIES.averaged)[number]
export type HostValue =
  | HostAverage
  | `${HostAverage}_min`
  | `${HostAverage}_max`
  | (typeof HOST_SERIES.sizes)[number]

/** The values of a host, in the order of a bucket. */
// `valuesOf` makes exactly these names; its type cannot say so.
export const HOST_VALUES = valuesOf(HOST_SERIES) as HostValue[]
