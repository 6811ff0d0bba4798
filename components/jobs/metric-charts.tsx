'use client'

import Link from 'next/link'
import { useMemo, useState } from 'react'
import { figure } from '../charts/figure'
import { LineSample } from '../charts/line-style'
import { RunChart } from '../charts/run-chart'
import { ChartControls } from './chart-controls'
import { useChartSettings } from './chart-settings'
import { headlineMetric } from './headline-metric'
import { flattenRun, metricNames, pointsOf, type Run, stepKeyOf } from './run-series'

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
  const flat = useMemo(() => runs.map(flattenRun), [runs])
  const stepKey = useMemo(() => stepKeyOf(flat), [flat])
  const names = useMemo(() => metricNames(flat).filter((name) => name !== stepKey), [flat, stepKey])
  if (names.length === 0)
    return (
      <p className="text-soft">
        No numbers yet. A chart appears with the first metrics that a job sends by PUT
        /api/dgx/jobs/ID.
      </p>
    )
  const isSingle = runs.length === 1
  const newest = runs.findLast(({ samples }) => samples.length > 0)?.samples.at(-1)
  const usual = headlineMetric(newest?.metrics ?? {})?.name
  const chosen = [settings.metric, usual].find((name) => name && names.includes(name)) ?? names[0]
  const axis = settings.isTime ? (isSingle ? 'clock' : 'elapsed') : 'step'
  const linesOf = (metric: string) =>
    runs.map(({ id, name }, i) => {
      const run = flat[i]
      const points = run ? pointsOf(run, { metric, axis, stepKey }) : []
      return { key: id, label: isSingle ? metric : name, points }
    })
  return (
    <div className="flex flex-col gap-4">
      <ChartControls
        settings={settings}
        onChange={change}
        stepName={stepKey ?? 'update'}
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
                {isSingle && <Extremes points={series[0]?.points ?? []} />}
              </figcaption>
              <RunChart
                title={metric}
                series={series}
                axis={axis}
                stepName={stepKey ?? 'update'}
                smoothing={settings.smoothing}
                isLog={settings.isLog}
                emphasised={emphasised}
                isBridged
              />
            </figure>
          )
        })}
      </div>
    </div>
  )
}

function Extremes({ points }: { points: { y: number }[] }) {
  const values = points.map(({ y }) => y)
  const last = values.at(-1)
  if (last === undefined) return null
  const facts = [
    ['last', last],
    ['min', Math.min(...values)],
    ['max', Math.max(...values)],
  ] as const
  return (
    <span className="flex gap-3 text-soft">
      {facts.map(([name, value]) => (
        <span key={name}>
          {name} <span className="font-mono text-ink tabular-nums">{figure(value)}</span>
        </span>
      ))}
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
