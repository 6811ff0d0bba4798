import type { HistoryMeta, HistoryRow } from '@/lib/dgx/gpu/answers'
import { LineSample } from '../charts/line-style'
import { RunChart } from '../charts/run-chart'
import { gpuSeries } from './gpu-series'

/** What the GPUs of a machine did while a job ran. */
export function GpuUse({
  rows,
  meta,
  sampleIntervalMs,
}: {
  rows: HistoryRow[]
  meta: HistoryMeta
  sampleIntervalMs: number
}) {
  // Buckets shorter than the sample interval are empty by nature, not gaps.
  const bucketMs = Math.max(meta.bucket_s * 1000, sampleIntervalMs)
  const totalMb = Math.max(0, ...rows.map((row) => row.memory_total_mb ?? 0))
  const charts = [
    { field: 'gpu_utilization', title: 'GPU utilization', unit: '%', scale: 1, max: 100 },
    {
      field: 'memory_used_mb',
      title: 'GPU memory',
      unit: 'GiB',
      scale: 1 / 1024,
      max: totalMb > 0 ? Math.ceil(totalMb / 1024) : undefined,
    },
  ] as const
  const range = { from: Date.parse(meta.from), to: Date.parse(meta.to) }
  const gpus = gpuSeries(rows, { field: 'gpu_utilization', scale: 1, bucketMs })
  return (
    <div className="flex flex-col gap-4">
      <div className="grid gap-x-6 gap-y-5 lg:grid-cols-2">
        {charts.map(({ field, title, unit, scale, max }) => (
          <figure key={field} className="min-w-0">
            <figcaption className="mb-1 font-medium text-xs">
              {title} <span className="text-soft">{unit}</span>
            </figcaption>
            <RunChart
              title={title}
              unit={unit}
              axis="clock"
              range={range}
              max={max}
              series={gpuSeries(rows, { field, scale, bucketMs })}
            />
          </figure>
        ))}
      </div>
      {gpus.length > 1 && (
        <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs" aria-label="GPUs">
          {gpus.map(({ key, label, points }, i) => (
            <li key={key} className="flex items-center gap-2">
              <LineSample index={i} />
              {label}
              <span className="text-soft">mean {mean(points)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function mean(points: readonly { y: number | null }[]): string {
  const values = points.flatMap(({ y }) => (y === null ? [] : [y]))
  if (values.length === 0) return 'unknown'
  return `${Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)} %`
}
