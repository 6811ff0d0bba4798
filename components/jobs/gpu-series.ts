import type { HistoryRow } from '@/lib/dgx/gpu/answers'
import type { XYSeries } from '../charts/align-series'

/** A distance above this many buckets is a gap, not a late sample. */
const GAP_BUCKETS = 1.5

/**
 * One value of each GPU over the clock, in the order of the GPUs. A point without a value stands
 * where nothing was recorded for longer than one and a half buckets, so that the line breaks. Pure.
 */
export function gpuSeries(
  rows: readonly HistoryRow[],
  options: { field: 'gpu_utilization' | 'memory_used_mb'; scale: number; bucketMs: number },
): (XYSeries & { label: string })[] {
  const { field, scale, bucketMs } = options
  const byGpu = new Map<
    string,
    { index: number | null; points: { x: number; y: number | null }[] }
  >()
  for (const row of rows) {
    const gpu = byGpu.get(row.gpu_uuid) ?? { index: row.gpu_index, points: [] }
    byGpu.set(row.gpu_uuid, gpu)
    const x = Date.parse(row.recorded_at)
    const before = gpu.points.at(-1)
    if (before && x - before.x > GAP_BUCKETS * bucketMs)
      gpu.points.push({ x: before.x + bucketMs, y: null })
    const value = row[field]
    gpu.points.push({ x, y: value === null ? null : value * scale })
  }
  return [...byGpu]
    .sort(([, a], [, b]) => (a.index ?? 99) - (b.index ?? 99))
    .map(([key, { index, points }]) => ({ key, label: `GPU ${index ?? '?'}`, points }))
}
