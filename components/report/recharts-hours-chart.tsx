'use client'

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { barLabel, HOUR_PARTS, type HourBar } from './hour-bars'

export type HoursChartProps = {
  /** What it shows, in words, for who cannot see it. */
  label: string
  bars: readonly HourBar[]
  /** Bars are hours, not days. */
  isHourly: boolean
}

const HEIGHT_PX = 256
/** Nothing runs while a page is laid out for paper: the drawing is scaled to it, against its own sizes. */
const PRINTED =
  'print:[&_:is(.recharts-responsive-container,.recharts-responsive-container>div,.recharts-wrapper,.recharts-surface)]:size-full!'

export default function RechartsHoursChart({ label, bars, isHourly }: HoursChartProps) {
  return (
    <div className={`h-[256px] ${PRINTED}`} role="img" aria-label={label}>
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: 600, height: HEIGHT_PX }}
      >
        <BarChart
          data={[...bars]}
          margin={{ top: 6, right: 4, bottom: 0, left: -12 }}
          barCategoryGap="12%"
          accessibilityLayer={false}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="at"
            tickFormatter={(at) => barLabel(Number(at), isHourly)}
            stroke="var(--ink-soft)"
            tick={{ fontSize: 11 }}
            minTickGap={24}
          />
          <YAxis stroke="var(--ink-soft)" tick={{ fontSize: 11 }} width={56} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--sunken)' }}
            labelFormatter={(_, [first]) => spanText(first?.payload, isHourly)}
            formatter={(value, name) => [`${Number(value).toFixed(1)} h`, name]}
            itemStyle={{ color: 'var(--ink)' }}
            contentStyle={{
              background: 'var(--raised)',
              border: '1px solid var(--line)',
              borderRadius: 6,
              fontSize: 12,
            }}
          />
          {HOUR_PARTS.map(({ key, label: name, colour }) => (
            <Bar
              key={key}
              dataKey={key}
              name={name}
              stackId="hours"
              fill={colour}
              maxBarSize={48}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}

function spanText(bar: HourBar | undefined, isHourly: boolean): string {
  if (!bar) return ''
  const date = (at: number) => barLabel(at, false)
  if (isHourly) return `${date(bar.at)}, ${barLabel(bar.at, true)} to ${barLabel(bar.to, true)} UTC`
  const [first, last] = [date(bar.at), date(bar.to - 1)]
  return first === last ? `${first} UTC` : `${first} to ${last} UTC`
}
