import type { HistoryMeta, HistoryRow, HostHistoryRow } from '../dgx/gpu/answers'
import { HISTORY_COLUMNS } from '../dgx/gpu/history'
import { historyCsv } from '../dgx/gpu/history-csv'
import { HOST_HISTORY_COLUMNS } from '../dgx/gpu/host-history'
import { answer } from './envelope'

type Format = 'json' | 'csv'

/** A history of GPUs as rows with `meta`, or as CSV to save. */
export function historyAnswer(
  format: Format,
  { rows, meta }: { rows: HistoryRow[]; meta: HistoryMeta },
) {
  if (format === 'json') return answer({ data: rows, meta })
  return csvFile('gpu-history.csv', historyCsv(HISTORY_COLUMNS, rows))
}

/** A history of a host as rows with `meta`, or as CSV to save. */
export function hostHistoryAnswer(
  format: Format,
  { rows, meta }: { rows: HostHistoryRow[]; meta: HistoryMeta },
) {
  if (format === 'json') return answer({ data: rows, meta })
  return csvFile('host-history.csv', historyCsv(HOST_HISTORY_COLUMNS, rows))
}

export function csvFile(name: string, text: string): Response {
  return new Response(text, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  })
}
