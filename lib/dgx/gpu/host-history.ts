import { type SeriesBucket, selectHistoryHosts } from './history.sql'
import {
  fromThousandths,
  type HistoryMeta,
  type HistoryRequest,
  readOwners,
  rowsOf,
} from './history-series'
import { HOST_SERIES, valuesOf } from './series'

type Averaged = (typeof HOST_SERIES.averaged)[number]
type HostValue =
  | Averaged
  | `${Averaged}_min`
  | `${Averaged}_max`
  | (typeof HOST_SERIES.sizes)[number]

// `valuesOf` makes exactly these names; its type cannot say so.
const VALUES = valuesOf(HOST_SERIES) as HostValue[]

/** The order of fields in a row and of columns in CSV. */
export const HOST_HISTORY_COLUMNS = [...VALUES, 'recorded_at'] as const

/** The host in one bucket: averages, with the least and greatest value beside each. */
export type HostHistoryRow = Record<HostValue, number | null> & {
  /** Start of the bucket, ISO 8601 UTC. */
  recorded_at: string
}

/**
 * What the host of a connection did over a range of time, in buckets as `getHistory` gives them of
 * its GPUs. Rows are ordered by time. Where nothing was recorded there is no row.
 */
export async function readHostHistory(
  request: HistoryRequest,
): Promise<{ rows: HostHistoryRow[]; meta: HistoryMeta }> {
  const owners = await selectHistoryHosts(request.database, request.connectionId)
  const read = await readOwners({ ...request, series: HOST_SERIES, owners })
  return {
    rows: rowsOf(read, (_host, bucket, recordedAt) => toRow(bucket, recordedAt)),
    meta: read.meta,
  }
}

function toRow(bucket: NonNullable<SeriesBucket>, recorded_at: string): HostHistoryRow {
  const values = VALUES.map((name, i) => [name, fromThousandths(bucket[i])])
  // Every one of VALUES is there, which `fromEntries` does not know.
  return { ...(Object.fromEntries(values) as Record<HostValue, number | null>), recorded_at }
}
