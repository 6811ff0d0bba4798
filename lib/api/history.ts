import type { HistoryMeta, HistoryRow } from '../dgx/gpu/history'
import { historyCsv } from '../dgx/gpu/history-csv'
import { answer } from './envelope'

/** A history as rows with `meta`, or as CSV to save. */
export function historyAnswer(
  format: 'json' | 'csv',
  { rows, meta }: { rows: HistoryRow[]; meta: HistoryMeta },
) {
  if (format === 'json') return answer({ data: rows, meta })
  return new Response(historyCsv(rows), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="gpu-history.csv"',
      'cache-control': 'no-store',
    },
  })
}
