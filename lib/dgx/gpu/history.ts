import { setImmediate } from 'node:timers/promises'
import {
  countSamples,
  type HistoryGpu,
  type SeriesBucket,
  selectHistoryGpus,
  selectSeries,
} from './history.sql'
import { chooseRollupTier, type Grid, gridOf, MAX_ROWS, partsOf, rawCovers } from './history-range'
import type { Database } from './samples.sql'
import { type MetricRetention, ROLLUP_TIERS, type TierName } from './tiers'

const DEFAULT_HOURS = 24
const HOUR_MS = 3_600_000

/** The time at which a GPU was last seen is written about once a minute. */
const SEEN_LAG_MS = 120_000

/** The order of fields in a row and of columns in CSV. */
export const HISTORY_COLUMNS = [
  'gpu_index',
  'gpu_uuid',
  'gpu_utilization',
  'gpu_utilization_min',
  'gpu_utilization_max',
  'memory_used_mb',
  'memory_used_mb_min',
  'memory_used_mb_max',
  'memory_total_mb',
  'temperature_c',
  'temperature_c_min',
  'temperature_c_max',
  'power_watts',
  'power_watts_min',
  'power_watts_max',
  'recorded_at',
] as const

type ValueColumn = Exclude<
  (typeof HISTORY_COLUMNS)[number],
  'gpu_index' | 'gpu_uuid' | 'recorded_at'
>

/** One GPU in one bucket: averages, with the least and greatest value beside each. */
export type HistoryRow = Record<ValueColumn, number | null> & {
  gpu_index: number | null
  gpu_uuid: string
  /** Start of the bucket, ISO 8601 UTC. */
  recorded_at: string
}

export type HistoryMeta = {
  /** Length of a bucket, s. A distance of more than that between two rows is a gap. */
  bucket_s: number
  /** What was averaged: raw samples, or their averages over 1 min, 15 min or 3 h. */
  tier: TierName
  from: string
  to: string
  /** At most so many rows per GPU. */
  points: number
}

export type HistoryOptions = {
  database: Database
  connectionId: string
  /** Default: the `hours` (default 24) before `to`. */
  from?: Date | undefined
  /** Default: `now`. */
  to?: Date | undefined
  hours?: number | undefined
  /** Only this GPU: its index or its uuid. */
  gpu?: number | string | undefined
  points: number
  retention: MetricRetention
  now: Date
}

/**
 * What the GPUs of a connection did over a range of time, in buckets of equal length (see
 * `gridOf`); the first bucket may begin a little before `from`. Rows are ordered by time, then by
 * GPU. Where nothing was recorded there is no row. What is not rolled up yet is added from the
 * finer tiers, so the answer reaches up to `to`.
 */
export async function getHistory(
  options: HistoryOptions,
): Promise<{ rows: HistoryRow[]; meta: HistoryMeta }> {
  const { database, connectionId, points } = options
  const to = options.to?.getTime() ?? options.now.getTime()
  const from = options.from?.getTime() ?? to - (options.hours ?? DEFAULT_HOURS) * HOUR_MS
  const gpus = await selectHistoryGpus(database, {
    connectionId,
    since: from - SEEN_LAG_MS,
    gpu: options.gpu,
  })
  const tier = await chooseTier({ ...options, from, to, gpus })
  const step = ROLLUP_TIERS.find(({ name }) => name === tier)?.bucketMs ?? 1000
  const grid = gridOf({ from, to, points, step })
  const series: SeriesBucket[][] = []
  for (const gpu of gpus) {
    series.push(await readSeries({ database, gpu, tier, grid }))
    // Each GPU takes some milliseconds; others want the event loop too.
    await setImmediate()
  }
  return {
    rows: toRows(gpus, series, grid),
    meta: {
      bucket_s: grid.length / 1000,
      tier,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      points,
    },
  }
}

async function chooseTier(options: {
  database: Database
  gpus: readonly HistoryGpu[]
  from: number
  to: number
  now: Date
  retention: MetricRetention
}): Promise<TierName> {
  const { database, gpus, from, to, retention } = options
  const range = { from, to, retention, now: options.now.getTime() }
  if (rawCovers(range)) {
    // Counted, not computed: the interval may have been another one before. It costs 1 ms.
    const gpuIds = gpus.map(({ id }) => id)
    const count = await countSamples(database, { gpuIds, from, to, limit: MAX_ROWS + 1 })
    if (count <= MAX_ROWS) return 'raw'
  }
  return chooseRollupTier({ ...range, gpuCount: gpus.length })
}

async function readSeries(options: {
  database: Database
  gpu: HistoryGpu
  tier: TierName
  grid: Grid
}): Promise<SeriesBucket[]> {
  const { database, gpu, tier, grid } = options
  const series: SeriesBucket[] = []
  for (const part of partsOf(grid, gpu, tier)) {
    const { length } = grid
    series.push(...(await selectSeries(database, { gpuId: gpu.id, length, ...part })))
  }
  return series
}

function toRows(
  gpus: readonly HistoryGpu[],
  series: readonly SeriesBucket[][],
  grid: Grid,
): HistoryRow[] {
  const rows: HistoryRow[] = []
  const count = Math.ceil((grid.to - grid.first) / grid.length)
  for (let i = 0; i < count; i++) {
    const recorded_at = new Date(grid.first + i * grid.length).toISOString()
    for (const [g, gpu] of gpus.entries()) {
      const bucket = series[g]?.[i]
      if (bucket) rows.push(toRow(gpu, bucket, recorded_at))
    }
  }
  return rows
}

function toRow(
  gpu: HistoryGpu,
  bucket: NonNullable<SeriesBucket>,
  recorded_at: string,
): HistoryRow {
  return {
    gpu_index: gpu.gpu_index,
    gpu_uuid: gpu.uuid,
    gpu_utilization: thousandths(bucket[0]),
    gpu_utilization_min: thousandths(bucket[1]),
    gpu_utilization_max: thousandths(bucket[2]),
    memory_used_mb: thousandths(bucket[3]),
    memory_used_mb_min: thousandths(bucket[4]),
    memory_used_mb_max: thousandths(bucket[5]),
    memory_total_mb: thousandths(bucket[12]),
    temperature_c: thousandths(bucket[6]),
    temperature_c_min: thousandths(bucket[7]),
    temperature_c_max: thousandths(bucket[8]),
    power_watts: thousandths(bucket[9]),
    power_watts_min: thousandths(bucket[10]),
    power_watts_max: thousandths(bucket[11]),
    recorded_at,
  }
}

function thousandths(value: number | null | undefined): number | null {
  return value == null ? null : value / 1000
}
