'use client'

import {
  CartesianGrid,
  LineChart as Chart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { ChartPoint } from './time-series'

const COLOURS = 8
const TICKS = 5
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

export type LineChartProps = {
  title: string
  unit: string
  points: ChartPoint[]
  series: { key: string; label: string }[]
  from: number
  to: number
  /** Fixed where the scale is known, so that a wiggle does not look like a cliff. */
  max?: number | undefined
}

/** Drawn in the browser only: the axis is in the reader's time zone, which the server does not know. */
export default function RechartsLineChart({
  title,
  unit,
  points,
  series,
  from,
  to,
  max,
}: LineChartProps) {
  const isLong = to - from > 36 * 3_600_000
  const tick = (at: number) =>
    isLong
      ? new Date(at).toLocaleDateString(undefined, { month: 'short', day: 'numeric' })
      : new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 font-medium text-xs">
        {title} <span className="text-soft">{unit}</span>
      </figcaption>
      <div className="h-44" role="img" aria-label={`${title}: ${summary(points, series, unit)}`}>
        <ResponsiveContainer
          width="100%"
          height="100%"
          initialDimension={{ width: 500, height: 176 }}
        >
          <Chart
            data={points}
            margin={{ top: 4, right: 8, bottom: 0, left: -12 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis
              dataKey="at"
              type="number"
              scale="time"
              domain={[from, to]}
              ticks={Array.from(
                { length: TICKS },
                (_, i) => from + ((to - from) * i) / (TICKS - 1),
              )}
              tickFormatter={tick}
              stroke="var(--ink-soft)"
              tick={{ fontSize: 11 }}
              minTickGap={40}
            />
            <YAxis
              domain={[0, max ?? 'auto']}
              tickFormatter={(value) => SHORT.format(Number(value))}
              stroke="var(--ink-soft)"
              tick={{ fontSize: 11 }}
              width={56}
            />
            <Tooltip
              isAnimationActive={false}
              labelFormatter={(at) => new Date(Number(at)).toLocaleString()}
              formatter={(value, name) => [`${Number(value).toFixed(1)} ${unit}`, name]}
              contentStyle={{
                background: 'var(--raised)',
                border: '1px solid var(--line)',
                borderRadius: 6,
                fontSize: 12,
              }}
            />
            {series.map(({ key, label }, i) => (
              <Line
                key={key}
                dataKey={key}
                name={label}
                stroke={`var(--series-${(i % COLOURS) + 1})`}
                strokeWidth={1.5}
                dot={false}
                connectNulls={false}
                isAnimationActive={false}
              />
            ))}
          </Chart>
        </ResponsiveContainer>
      </div>
    </figure>
  )
}

/** The chart in words, for who cannot see it. */
function summary(points: ChartPoint[], series: LineChartProps['series'], unit: string): string {
  if (points.length === 0) return 'nothing was recorded'
  return series
    .map(({ key, label }) => {
      const values = points.map((point) => point[key]).filter((value) => typeof value === 'number')
      if (values.length === 0) return `${label} has no values`
      const last = values.at(-1) ?? 0
      return `${label} from ${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}, last ${last.toFixed(0)} ${unit}`
    })
    .join('; ')
}
