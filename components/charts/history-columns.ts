import type { HistoryMeta, HistoryRow } from '@/lib/dgx/gpu/answers'
import { GAP, type GpuColumns, placesWithGaps, timesOf, toGpuLines, type Values } from './columns'

const METRICS = ['gpu_utilization', 'memory_used_mb', 'temperature_c', 'power_watts'] as const

/** A distance above this many buckets is a gap, not a late sample. */
const GAP_BUCKETS = 1.5
/** The interval may have been a longer one when this was recorded; a shorter silence is no news. */
const LEAST_GAP_MS = 30_000

/** Rows of history as columns: averages with the least and greatest value of each bucket. */
export function historyColumns(
  { rows, meta }: { rows: readonly HistoryRow[]; meta: Pick<HistoryMeta, 'bucket_s'> },
  sampleIntervalMs: number,
): GpuColumns {
  const at = [...new Set(rows.map((row) => row.recorded_at))].sort().map((text) => Date.parse(text))
  // Buckets shorter than the sample interval are empty by nature, not gaps.
  const spacingMs = Math.max(meta.bucket_s * 1000, sampleIntervalMs)
  const places = placesWithGaps(at, Math.max(GAP_BUCKETS * spacingMs, LEAST_GAP_MS))
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
