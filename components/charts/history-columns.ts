import type { HistoryMeta, HistoryRow, HostHistoryRow } from '@/lib/dgx/gpu/answers'
import {
  type Column,
  GAP,
  type GpuColumns,
  placesWithGaps,
  timesOf,
  toGpuLines,
  type Values,
} from './columns'
import type { HostColumns } from './live-columns'

const METRICS = ['gpu_utilization', 'memory_used_mb', 'temperature_c', 'power_watts'] as const

type StoredHostValue = Exclude<keyof HostColumns['metrics'], 'memory_used_mb'>

/** A distance above this many buckets is a gap, not a late sample. */
const GAP_BUCKETS = 1.5
/** The interval may have been a longer one when this was recorded; a shorter silence is no news. */
const LEAST_GAP_MS = 30_000

function gapMs({ bucket_s }: Pick<HistoryMeta, 'bucket_s'>, sampleIntervalMs: number): number {
  // Buckets shorter than the sample interval are empty by nature, not gaps.
  const spacingMs = Math.max(bucket_s * 1000, sampleIntervalMs)
  return Math.max(GAP_BUCKETS * spacingMs, LEAST_GAP_MS)
}

/** Rows of history as columns: averages with the least and greatest value of each bucket. */
export function historyColumns(
  { rows, meta }: { rows: readonly HistoryRow[]; meta: Pick<HistoryMeta, 'bucket_s'> },
  sampleIntervalMs: number,
): GpuColumns {
  const at = [...new Set(rows.map((row) => row.recorded_at))].sort().map((text) => Date.parse(text))
  const places = placesWithGaps(at, gapMs(meta, sampleIntervalMs))
  const gpus = toGpuLines(rows.map((row) => ({ uuid: row.gpu_uuid, index: row.gpu_index })))

  const rowsOf = new Map(gpus.map(({ uuid }) => [uuid, new Map<number, HistoryRow>()]))
  for (const row of rows) rowsOf.get(row.gpu_uuid)?.set(Date.parse(row.recorded_at), row)

  const column = (uuid: string, field: keyof HistoryRow): Values =>
    places.map((place) => {
      const row = place === GAP ? undefined : rowsOf.get(uuid)?.get(at[place] ?? 0)
      const value = row?.[field]
      return typeof value === 'number' ? Math.round(value * 10) / 10 : null
    })
  const metrics: GpuColumns['metrics'] = {}
  for (const metric of METRICS) {
    metrics[metric] = gpus.map(({ uuid }) => ({
      average: column(uuid, metric),
      least: column(uuid, `${metric}_min`),
      greatest: column(uuid, `${metric}_max`),
    }))
  }
  return { at: timesOf(places, at), gpus, metrics }
}

/** Rows of a host's history as columns, each with the least and greatest value of its buckets. */
export function hostHistoryColumns(
  { rows, meta }: { rows: readonly HostHistoryRow[]; meta: Pick<HistoryMeta, 'bucket_s'> },
  sampleIntervalMs: number,
): HostColumns {
  const at = rows.map((row) => Date.parse(row.recorded_at))
  const places = placesWithGaps(at, gapMs(meta, sampleIntervalMs))
  const read = (of: (row: HostHistoryRow) => number | null): Values =>
    places.map((place) => {
      const row = rows[place]
      return row ? of(row) : null
    })
  const column = (field: StoredHostValue): Column => ({
    average: read((row) => row[field]),
    least: read((row) => row[`${field}_min`]),
    greatest: read((row) => row[`${field}_max`]),
  })
  // Little is available when much is used: the least of one is the greatest of the other.
  const used = (field: `memory_available_mb${'' | '_min' | '_max'}`): Values =>
    read((row) => {
      const [total, available] = [row.memory_total_mb, row[field]]
      return total === null || available === null ? null : total - available
    })
  return {
    at: timesOf(places, at),
    metrics: {
      cpu_utilization: column('cpu_utilization'),
      load_1m: column('load_1m'),
      memory_used_mb: {
        average: used('memory_available_mb'),
        least: used('memory_available_mb_max'),
        greatest: used('memory_available_mb_min'),
      },
      disk_used_gb: column('disk_used_gb'),
      network_rx_bytes_per_s: column('network_rx_bytes_per_s'),
      network_tx_bytes_per_s: column('network_tx_bytes_per_s'),
    },
  }
}
