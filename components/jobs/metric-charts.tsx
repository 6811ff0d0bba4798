import type { JobMetricPoint } from '@/lib/dgx/jobs/records'
import { LineChart } from '../charts/line-chart'
import { toPoints } from '../charts/time-series'

/** A chart of each number among a job's metrics. */
export function MetricCharts({ points }: { points: JobMetricPoint[] }) {
  const names = [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))].filter((name) =>
    points.some(({ metrics }) => typeof metrics[name] === 'number'),
  )
  const times = points.map(({ recorded_at }) => Date.parse(recorded_at))
  if (points.length < 2)
    return <p className="text-soft">A chart appears with the second update of the metrics.</p>
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      {names.map((name) => {
        const rows = points.map(({ metrics, recorded_at }) => {
          const value = metrics[name]
          return {
            series: name,
            at: Date.parse(recorded_at),
            value: typeof value === 'number' ? value : null,
          }
        })
        return (
          <LineChart
            key={name}
            title={name}
            unit=""
            series={[{ key: name, label: name }]}
            from={Math.min(...times)}
            to={Math.max(...times)}
            // Updates come when the job sends them; no distance between two is a gap.
            points={toPoints(rows, Number.POSITIVE_INFINITY)}
          />
        )
      })}
    </div>
  )
}
