'use client'

import {
  Area,
  CartesianGrid,
  ComposedChart as Chart,
  Line,
  type LineProps,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { duration } from '../format'
import { alignSeries, bandKey, type Range, type XYSeries } from './align-series'
import { elapsedTicks, logTicks, stepTicks } from './axis-ticks'
import { figure } from './figure'
import { lineStyle } from './line-style'
import { smooth } from './smoothing'
import { instant, timeTicks } from './time-axis'

const RAW = 'raw '
const CLOCK_TICKS = 5
/** Opacity of a line behind its smoothed one, and of one beside the one pointed at. */
const FAINT = 0.3
const FADED = 0.2
/** Of the band from the least to the greatest value; several lie over each other. */
const BAND = 0.18
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

export type RunChartProps = {
  title: string
  unit?: string
  series: readonly (XYSeries & { label: string })[]
  /** What x is: a count, milliseconds since 1970, or seconds since the start. */
  axis: 'step' | 'clock' | 'elapsed'
  /** What the count counts. */
  stepName?: string
  /** 0 to 0.99; the lines as they are stay behind, faint. */
  smoothing?: number
  isLog?: boolean
  /** True where a line goes on over an x that only others have. */
  isBridged?: boolean
  /** The key of the line that is pointed at; the others fade. */
  emphasised?: string | null
  /** Of a clock axis; otherwise the points say. */
  range?: { from: number; to: number }
  /** Fixed where the scale is known; it then starts at 0. */
  max?: number | undefined
}

/** Drawn in the browser only: the clock is in the reader's time zone, which the server does not know. */
export default function RechartsRunChart(props: RunChartProps) {
  const { title, unit = '', series, axis, smoothing = 0, isLog = false, max } = props
  const drawn = isLog ? series.map(onlyPositive) : series
  const values = drawn.flatMap(({ points }) =>
    points.flatMap(({ y, range }) => (y === null ? [] : [y, ...(range ?? [])])),
  )
  if (values.length === 0)
    return (
      <p className="flex h-52 items-center justify-center text-soft">
        {isLog
          ? 'A logarithmic axis shows values above 0; there are none.'
          : 'No finite values yet.'}
      </p>
    )
  const rows = alignSeries(
    smoothing === 0
      ? drawn
      : drawn.flatMap((line) => [smoothed(line, smoothing), { ...line, key: RAW + line.key }]),
  )
  const banded = drawn.map(({ points }) => points.some(({ range }) => range))
  const opacity = (key: string, usual: number, faded: number) =>
    props.emphasised && props.emphasised !== key ? faded : usual
  const xs = { from: rows[0]?.x ?? 0, to: rows.at(-1)?.x ?? 0, ...props.range }
  const ticks = isLog ? logTicks(Math.min(...values), Math.max(...values)) : undefined
  const yDomain = ticks ? [ticks[0] ?? 1, ticks.at(-1) ?? 1] : max ? [0, max] : ['auto', 'auto']
  return (
    <div className="h-52" role="img" aria-label={`${title}: ${summary(series, unit)}`}>
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: 500, height: 208 }}
      >
        <Chart
          data={rows}
          margin={{ top: 6, right: 10, bottom: 0, left: -8 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="x"
            type="number"
            domain={[xs.from, xs.to]}
            {...xTicks(axis, xs)}
            tickFormatter={xTick(axis, xs)}
            stroke="var(--ink-soft)"
            tick={{ fontSize: 11 }}
            minTickGap={28}
          />
          <YAxis
            domain={yDomain}
            scale={isLog ? 'log' : 'linear'}
            {...(ticks ? { ticks, allowDataOverflow: true } : {})}
            tickFormatter={(value) => tickText(Number(value))}
            stroke="var(--ink-soft)"
            tick={{ fontSize: 11 }}
            width={56}
          />
          <Tooltip
            isAnimationActive={false}
            labelFormatter={(x) => xText(axis, Number(x), props.stepName)}
            formatter={(value, name, { dataKey, payload }) => [
              `${figure(Number(value))} ${unit}${rangeText(payload[bandKey(String(dataKey))])}`,
              name,
            ]}
            contentStyle={{
              background: 'var(--raised)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              fontSize: 12,
            }}
          />
          {series.map(
            ({ key }, i) =>
              banded[i] && (
                <Area
                  key={bandKey(key)}
                  dataKey={bandKey(smoothing > 0 ? RAW + key : key)}
                  stroke="none"
                  fill={lineStyle(i).stroke}
                  fillOpacity={opacity(key, BAND, 0)}
                  activeDot={false}
                  tooltipType="none"
                  connectNulls={props.isBridged ?? false}
                  isAnimationActive={false}
                />
              ),
          )}
          {smoothing > 0 &&
            series.map(({ key }, i) => (
              <Line
                key={RAW + key}
                dataKey={RAW + key}
                stroke={lineStyle(i).stroke}
                strokeOpacity={opacity(key, FAINT, 0)}
                strokeWidth={1}
                dot={false}
                activeDot={false}
                tooltipType="none"
                connectNulls={props.isBridged ?? false}
                isAnimationActive={false}
              />
            ))}
          {series.map(({ key, label, points }, i) => (
            <Line
              key={key}
              dataKey={key}
              name={label}
              {...lineStyle(i)}
              strokeWidth={1.75}
              strokeOpacity={opacity(key, 1, FADED)}
              dot={aloneDot(points, props.isBridged ?? false)}
              connectNulls={props.isBridged ?? false}
              isAnimationActive={false}
            />
          ))}
        </Chart>
      </ResponsiveContainer>
    </div>
  )
}

/** A point without neighbours is no line; without a dot it would be invisible. */
function aloneDot(points: Run['points'], isBridged: boolean): LineProps['dot'] {
  const known = isBridged ? points.filter(({ y }) => y !== null) : points
  const alone = new Set(
    known.flatMap(({ x, y }, i) =>
      y !== null && known[i - 1]?.y == null && known[i + 1]?.y == null ? [x] : [],
    ),
  )
  if (alone.size === 0) return false
  return ({ key, cx, cy, stroke, payload }) =>
    alone.has(payload.x) ? <circle key={key} cx={cx} cy={cy} r={2} fill={stroke} /> : null
}

type Run = RunChartProps['series'][number]

function onlyPositive(line: Run): Run {
  const points = line.points.map(({ x, y, range }) =>
    y !== null && y > 0
      ? { x, y, ...(range ? { range: [range[0] > 0 ? range[0] : y, range[1]] as const } : {}) }
      : { x, y: null },
  )
  return { ...line, points }
}

function smoothed(line: Run, weight: number): Run {
  const ys = smooth(
    line.points.map(({ y }) => y),
    weight,
  )
  return { ...line, points: line.points.map(({ x }, i) => ({ x, y: ys[i] ?? null })) }
}

type Span = { from: number; to: number }

function xTicks(axis: RunChartProps['axis'], { from, to }: Span): { ticks?: number[] } {
  if (to <= from) return {}
  if (axis === 'step') return { ticks: stepTicks(from, to) }
  if (axis === 'elapsed') return { ticks: elapsedTicks(to).filter((tick) => tick >= from) }
  const step = (to - from) / (CLOCK_TICKS - 1)
  return { ticks: Array.from({ length: CLOCK_TICKS }, (_, i) => from + step * i) }
}

function xTick(axis: RunChartProps['axis'], { from, to }: Span): (x: number) => string {
  if (axis === 'step') return (x) => SHORT.format(x)
  if (axis === 'elapsed') return (x) => (x === 0 ? '0' : duration(x).replace(' 0 min', ''))
  const stepS = to - from > 36 * 3_600_000 ? 86_400 : to - from < 5 * 60_000 ? 1 : 60
  return (x) => timeTicks([x / 1000], stepS).join()
}

function xText(axis: RunChartProps['axis'], x: number, stepName = 'update'): string {
  if (axis === 'step') return `${stepName} ${x.toLocaleString('en')}`
  return axis === 'clock' ? instant(x / 1000) : `after ${duration(x)}`
}

function tickText(value: number): string {
  const size = Math.abs(value)
  // 0.00045 would not fit beside the axis.
  if (size > 0 && size < 1e-3) return Number(value.toPrecision(3)).toExponential()
  return size >= 1000 ? SHORT.format(value) : figure(value)
}

const rangeText = (range: Range | null | undefined): string =>
  range && range[0] < range[1] ? ` (${figure(range[0])} to ${figure(range[1])})` : ''

/** The chart in words, for who cannot see it. */
function summary(series: RunChartProps['series'], unit: string): string {
  return series
    .map(({ label, points }) => {
      const values = points.flatMap(({ y }) => (y === null ? [] : [y]))
      const last = values.at(-1)
      if (last === undefined) return `${label} has no values`
      return `${label} from ${figure(Math.min(...values))} to ${figure(Math.max(...values))}, last ${figure(last)} ${unit}`.trim()
    })
    .join('; ')
}
