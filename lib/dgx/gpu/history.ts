import type { HistoryMeta, HistoryRow } from './answers'
import { type HistoryGpu, type SeriesBucket, selectHistoryGpus } from './history.sql'
import { fromThousandths, type HistoryRequest, rangeOf, readOwners, rowsOf } from './history-series'
import { GPU_SERIES } from './series'

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
] as const satisfies readonly (keyof HistoryRow)[]

export type HistoryOptions = HistoryRequest & {
  /** Only this GPU: its index or its uuid. */
  gpu?: number | string | undefined
}

/**
 * What the GPUs of a connection did over a range of time, in buckets (see `readOwners`). Rows are
 * ordered by time, then by GPU. Where nothing was recorded there is no row.
 */
export async function getHistory(
  options: HistoryOptions,
): Promise<{ rows: HistoryRow[]; meta: HistoryMeta }> {
  const { database, connectionId, gpu } = options
  const owners = await selectHistoryGpus(database, {
    connectionId,
    since: rangeOf(options).from - SEEN_LAG_MS,
    gpu,
  })
  const read = await readOwners({ ...options, series: GPU_SERIES, owners })
  return { rows: rowsOf(read, toRow), meta: read.meta }
}

function toRow(
  gpu: HistoryGpu,
  bucket: NonNullable<SeriesBucket>,
  recorded_at: string,
): HistoryRow {
  return {
    gpu_index: gpu.gpu_index,
    gpu_uuid: gpu.uuid,
    gpu_utilization: fromThousandths(bucket[0]),
    gpu_utilization_min: fromThousandths(bucket[1]),
    gpu_utilization_max: fromThousandths(bucket[2]),
    memory_used_mb: fromThousandths(bucket[3]),
    memory_used_mb_min: fromThousandths(bucket[4]),
    memory_used_mb_max: fromThousandths(bucket[5]),
    memory_total_mb: fromThousandths(bucket[12]),
    temperature_c: fromThousandths(bucket[6]),
    temperature_c_min: fromThousandths(bucket[7]),
    temperature_c_max: fromThousandths(bucket[8]),
    power_watts: fromThousandths(bucket[9]),
    power_watts_min: fromThousandths(bucket[10]),
    power_watts_max: fromThousandths(bucket[11]),
    recorded_at,
  }
}
