import type { HistoryMeta, HostHistoryRow } from './answers'
import { type SeriesBucket, selectHistoryHosts } from './history.sql'
import { fromThousandths, type HistoryRequest, readOwners, rowsOf } from './history-series'
import { HOST_SERIES, HOST_VALUES, type HostValue } from './series'

/** The order of fields in a row and of columns in CSV. */
export const HOST_HISTORY_COLUMNS = [...HOST_VALUES, 'recorded_at'] as const

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
  const values = HOST_VALUES.map((name, i) => [name, fromThousandths(bucket[i])])
  // Every one of HOST_VALUES is there, which `fromEntries` does not know.
  return { ...(Object.fromEntries(values) as Record<HostValue, number | null>), recorded_at }
}
