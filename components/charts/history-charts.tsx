import type { HistoryMeta, HistoryRow } from '@/lib/dgx/gpu/history'
import { LineChart } from './line-chart'
import { type SeriesRow, toPoints } from './time-series'

type Field = 'gpu_utilization' | 'memory_used_mb' | 'temperature_c' | 'power_watts'

/** The charts of a machine's GPUs over one range. */
export function HistoryCharts({
  rows,
  meta,
  sampleIntervalMs,
}: {
  rows: HistoryRow[]
  meta: HistoryMeta
  sampleIntervalMs: number
}) {
  // Buckets shorter than the sample interval are empty by nature, not gaps.
  const spacingMs = Math.max(meta.bucket_s * 1000, sampleIntervalMs)
  const uuids = [...new Set(rows.map((row) => row.gpu_uuid))]
  const series = uuids
    .map((uuid) => ({
      key: uuid,
      index: rows.find((row) => row.gpu_uuid === uuid)?.gpu_index ?? null,
    }))
    .sort((a, b) => (a.index ?? 99) - (b.index ?? 99))
    .map(({ key, index }) => ({ key, label: `GPU ${index ?? '?'}` }))
  const totalMb = Math.max(0, ...rows.map((row) => row.memory_total_mb ?? 0))
  const charts: { field: Field; title: string; unit: string; max?: number; scale?: number }[] = [
    { field: 'gpu_utilization', title: 'Utilisation', unit: '%', max: 100 },
    {
      field: 'memory_used_mb',
      title: 'Memory used',
      unit: 'GiB',
      scale: 1 / 1024,
      ...(totalMb > 0 ? { max: Math.ceil(totalMb / 1024) } : {}),
    },
    { field: 'temperature_c', title: 'Temperature', unit: '°C', max: 100 },
    { field: 'power_watts', title: 'Power', unit: 'W' },
  ]
  const toRow = (row: HistoryRow, field: Field, scale: number): SeriesRow => {
    const value = row[field]
    return {
      series: row.gpu_uuid,
      at: Date.parse(row.recorded_at),
      value: value === null ? null : value * scale,
    }
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-5 lg:grid-cols-2">
        {charts.map(({ field, title, unit, max, scale = 1 }) => (
          <LineChart
            key={field}
            title={title}
            unit={unit}
            max={max}
            series={series}
            from={Date.parse(meta.from)}
            to={Date.parse(meta.to)}
            points={toPoints(
              rows.map((row) => toRow(row, field, scale)),
              spacingMs,
            )}
          />
        ))}
      </div>
      {series.length > 1 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs" aria-label="Legend">
          {series.map(({ key, label }, i) => (
            <li key={key} className="flex items-center gap-1.5">
              <span
                aria-hidden="true"
                className="h-0.5 w-4"
                style={{ background: `var(--series-${(i % 8) + 1})` }}
              />
              {label}
            </li>
          ))}
        </ul>
      )}
      <p className="text-soft text-xs">
        Averages over{' '}
        {meta.bucket_s < 60 ? `${meta.bucket_s} s` : `${Math.round(meta.bucket_s / 60)} min`}; gaps
        are times without samples.
      </p>
    </div>
  )
}
