'use client'

import Link from 'next/link'
import { useMemo, useState } from 'react'
import type { MetricSeries } from '@/lib/dgx/jobs/metrics/answers'
import { figure } from '../charts/figure'
import { LineSample } from '../charts/line-style'
import { RunChart } from '../charts/run-chart'
import { ChartControls } from './chart-controls'
import { useChartSettings } from './chart-settings'
import { headlineMetric } from './headline-metric'
import {
  hasRanges,
  lastValues,
  leftOut,
  metricNames,
  pointsOf,
  type Run,
  stepNameOf,
} from './run-series'

/**
 * A chart of each number among the metrics of one job, or of several jobs laid over each other;
 * with `isOneAtATime` of the metric that is chosen.
 */
export function MetricCharts({
  runs,
  isOneAtATime = false,
}: {
  runs: Run[]
  isOneAtATime?: boolean
}) {
  const [settings, change] = useChartSettings()
  const [emphasised, setEmphasised] = useState<string | null>(null)
  const stepName = useMemo(() => stepNameOf(runs), [runs])
  const names = useMemo(() => metricNames(runs), [runs])
  if (names.length === 0)
    return (
      <p className="text-soft">
        No numbers yet. A chart appears with the first metrics: lines like step=10 loss=0.5 in the
        log of a job, dgx_metrics.log(loss=0.5, step=10), or POST /api/dgx/jobs/ID/metrics.
      </p>
    )
  const isSingle = runs.length === 1
  const newest = runs.findLast(({ byStep }) => byStep.keys.length > 0)
  const usual = headlineMetric(newest ? lastValues(newest) : {})?.name
  const missing = leftOut(runs)
  const isBanded = hasRanges(runs)
  const chosen = [settings.metric, usual].find((name) => name && names.includes(name)) ?? names[0]
  const axis = settings.isTime ? (isSingle ? 'clock' : 'elapsed') : 'step'
  const linesOf = (metric: string) =>
    runs.map((run) => ({
      key: run.id,
      label: isSingle ? metric : run.name,
      points: pointsOf(run, { metric, axis }),
    }))
  return (
    <div className="flex flex-col gap-4">
      <ChartControls
        settings={settings}
        onChange={change}
        stepName={stepName}
        {...(isOneAtATime && chosen ? { metrics: { names, chosen } } : {})}
      />
      {!isSingle && <RunLegend runs={runs} onPoint={setEmphasised} />}
      <div className={isOneAtATime ? '' : 'grid gap-x-6 gap-y-5 lg:grid-cols-2'}>
        {(isOneAtATime && chosen ? [chosen] : names).map((metric) => {
          const series = linesOf(metric)
          return (
            <figure key={metric} className="min-w-0">
              <figcaption className="mb-1 flex flex-wrap justify-between gap-x-4 text-xs">
                <span className="break-all font-medium">{metric}</span>
                {isSingle && <Extremes series={runs[0]?.byStep.series[metric]} />}
              </figcaption>
              <RunChart
                title={metric}
                series={series}
                axis={axis}
                stepName={stepName}
                smoothing={settings.smoothing}
                isLog={settings.isLog}
                emphasised={emphasised}
                isBridged
              />
            </figure>
          )
        })}
      </div>
      {isBanded && (
        <p className="text-soft text-xs">
          There are more values than can be drawn: a line is the mean of neighbours, its band
          reaches from the least to the greatest of them.
        </p>
      )}
      {missing > 0 && !isOneAtATime && (
        <p className="text-soft text-xs">
          {missing} more {missing === 1 ? 'metric is' : 'metrics are'} not drawn here; GET
          /api/dgx/jobs/ID/metrics/series has them.
        </p>
      )}
    </div>
  )
}

/** Of all its values, also of those that are not drawn. */
function Extremes({ series }: { series: MetricSeries | undefined }) {
  if (!series) return null
  const { last, best_min, best_max, non_finite } = series
  const facts = [
    ['last', last.value],
    ['min', best_min?.value],
    ['max', best_max?.value],
  ] as const
  return (
    <span className="flex flex-wrap gap-x-3 text-soft">
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <span key={name}>
              {name}{' '}
              <span className="font-mono text-ink tabular-nums">
                {typeof value === 'number' ? figure(value) : value}
              </span>
            </span>
          ),
      )}
      {non_finite > 0 && <span className="text-bad">{non_finite} not finite</span>}
    </span>
  )
}

/** The jobs with their lines; pointing at one fades the others in every chart. */
function RunLegend({ runs, onPoint }: { runs: Run[]; onPoint: (id: string | null) => void }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1" aria-label="Legend">
      {runs.map(({ id, name }, i) => (
        <li key={id}>
          <Link
            href={`/jobs/${id}`}
            className="flex items-center gap-2 hover:underline"
            onMouseEnter={() => onPoint(id)}
            onMouseLeave={() => onPoint(null)}
            onFocus={() => onPoint(id)}
            onBlur={() => onPoint(null)}
          >
            <LineSample index={i} />
            <span className="break-all">{name}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
