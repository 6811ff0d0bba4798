import { csvOf } from '../dgx/csv'
import type { HistoryMeta, HistoryRow, HostHistoryRow } from '../dgx/gpu/answers'
import { HISTORY_COLUMNS } from '../dgx/gpu/history'
import { HOST_HISTORY_COLUMNS } from '../dgx/gpu/host-history'
import { answer } from './envelope'
import { csvFile } from './text-file'

type Format = 'json' | 'csv'

/** A history of GPUs as rows with `meta`, or as CSV to save. */
export function historyAnswer(
  format: Format,
  { rows, meta }: { rows: HistoryRow[]; meta: HistoryMeta },
) {
  if (format === 'json') return answer({ data: rows, meta })
  return csvFile('gpu-history.csv', csvOf(HISTORY_COLUMNS, rows))
}

/** A history of a host as rows with `meta`, or as CSV to save. */
export function hostHistoryAnswer(
  format: Format,
  { rows, meta }: { rows: HostHistoryRow[]; meta: HistoryMeta },
) {
  if (format === 'json') return answer({ data: rows, meta })
  return csvFile('host-history.csv', csvOf(HOST_HISTORY_COLUMNS, rows))
}
