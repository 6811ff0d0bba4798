'use client'

import { useRef, useSyncExternalStore } from 'react'
import type { ChartGroup } from './chart-group'
import { type ChartLine, nearest } from './columns'
import { AXIS_PX, RIGHT_PX } from './plot-box'
import { instant } from './time-axis'

/**
 * The crosshair by keyboard: a range input over the plot, which arrow keys, Home and End move from
 * sample to sample. The pointer goes through it to the chart.
 */
export function ChartCursor({
  group,
  title,
  unit,
  at,
  lines,
  from,
  to,
  format,
}: {
  group: ChartGroup
  title: string
  unit: string
  at: number[]
  lines: readonly ChartLine[]
  from: number
  to: number
  format: (value: number) => string
}) {
  const plot = useRef<HTMLDivElement>(null)
  const own = () =>
    group.crosshair?.plot === plot.current ? (group.crosshair?.time ?? null) : null
  const time = useSyncExternalStore(group.listen, own, () => null)
  const place = time === null ? at.length - 1 : nearest(at, time)

  function point(i: number) {
    const chosen = at[i]
    if (!plot.current || chosen === undefined) return
    const inside = Math.min(Math.max(chosen, from / 1000), to / 1000)
    group.point({
      time: inside,
      plot: plot.current,
      top: plot.current.getBoundingClientRect().top,
    })
  }
  const words = () => {
    const values = lines.map(({ label, average }) => {
      const value = average[place]
      return `${label} ${value == null ? 'unknown' : `${format(value)} ${unit}`}`
    })
    return `${instant(at[place] ?? 0)}: ${values.join(', ')}`
  }

  return (
    <div
      ref={plot}
      className="pointer-events-none absolute top-0 bottom-6 rounded-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
      style={{ left: AXIS_PX, right: RIGHT_PX }}
    >
      <input
        type="range"
        aria-label={`${title} over time`}
        aria-valuetext={time === null ? 'Use the arrow keys to read values' : words()}
        min={0}
        max={Math.max(0, at.length - 1)}
        value={Math.max(0, place)}
        disabled={at.length === 0}
        onChange={(event) => point(Number(event.target.value))}
        onFocus={() => point(at.length - 1)}
        onBlur={() => plot.current && group.leave(plot.current)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && plot.current) group.leave(plot.current)
        }}
        className="h-full w-full opacity-0"
      />
    </div>
  )
}
