'use client'

import { useLayoutEffect, useRef, useSyncExternalStore } from 'react'
import type { ChartGroup, Crosshair } from './chart-group'
import { type ChartLine, nearest } from './columns'
import type { JobSpan } from './job-spans'
import { instant } from './time-axis'

export type TooltipMetric = {
  key: string
  title: string
  unit: string
  lines: readonly ChartLine[]
  format: (value: number) => string
}

/** Distance from the crosshair and from the edges of the window, px. */
const APART_PX = 14
const EDGE_PX = 8

/** The one tooltip of a group: all that is known of the instant under the crosshair. */
export function ChartTooltip({
  group,
  from,
  to,
  gpus,
  host,
  spans,
  hidden,
}: {
  group: ChartGroup
  from: number
  to: number
  /** A row per line, a column per metric. */
  gpus: { at: readonly number[]; metrics: readonly TooltipMetric[] }
  /** One row of words. */
  host: { at: readonly number[]; metrics: readonly TooltipMetric[] } | null
  spans: readonly JobSpan[]
  hidden: ReadonlySet<string>
}) {
  const crosshair = useSyncExternalStore(
    group.listen,
    () => group.crosshair,
    () => null,
  )
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (box.current && crosshair) placeBox(box.current, crosshair, from, to)
  })
  if (!crosshair) return null
  const place = nearest(gpus.at, crosshair.time)
  const hostPlace = host ? nearest(host.at, crosshair.time) : -1
  const shown = (gpus.metrics[0]?.lines ?? []).filter(({ key }) => !hidden.has(key))
  const running = spans.filter(
    (span) =>
      span.from / 1000 <= crosshair.time && (span.to === null || span.to / 1000 >= crosshair.time),
  )
  const time = gpus.at[place] ?? host?.at[hostPlace] ?? crosshair.time
  return (
    <div
      ref={box}
      data-testid="chart-tooltip"
      className="pointer-events-none fixed top-0 left-0 z-30 max-w-[calc(100vw-1rem)] rounded-md border border-line-strong/60 bg-raised p-2 text-xs shadow-lg"
    >
      <p className="mb-1 font-medium tabular-nums">{instant(time)}</p>
      {shown.length > 0 && (
        <table className="border-collapse tabular-nums">
          <thead>
            <tr className="text-soft">
              <th />
              {gpus.metrics.map(({ key, title, unit }) => (
                <th key={key} className="pl-3 text-right font-normal" title={title}>
                  {unit}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.key} className={rowClass(group.highlighted, line.key)}>
                <th scope="row" className="text-left font-normal whitespace-nowrap">
                  <span
                    aria-hidden="true"
                    className="mr-1.5 inline-block h-0.5 w-3 align-middle"
                    style={{ background: `var(--series-${line.colour})` }}
                  />
                  {line.label}
                </th>
                {gpus.metrics.map(({ key, lines, format }) => (
                  <td key={key} className="pl-3 text-right">
                    {written(
                      lines.find((other) => other.key === line.key),
                      place,
                      format,
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {host && (
        <p className="mt-1 flex flex-wrap gap-x-3 text-soft tabular-nums">
          {host.metrics.flatMap(({ key, unit, lines, format }) =>
            lines.map((line) => (
              <span key={key + line.key}>
                {line.label} {written(line, hostPlace, format)} {unit}
              </span>
            )),
          )}
        </p>
      )}
      {running.length > 0 && (
        <p className="mt-1 truncate text-soft">{running.map(({ name }) => name).join(', ')}</p>
      )}
    </div>
  )
}

function rowClass(highlighted: string | null, key: string): string {
  if (highlighted === null) return ''
  return highlighted === key ? 'font-medium' : 'text-soft'
}

function written(
  line: ChartLine | undefined,
  place: number,
  format: (value: number) => string,
): string {
  const value = line?.average[place]
  if (line === undefined || value == null) return '–'
  const least = line.least?.[place]
  const greatest = line.greatest?.[place]
  const isSpread = least != null && greatest != null && format(least) !== format(greatest)
  return isSpread ? `${format(value)} (${format(least)}–${format(greatest)})` : format(value)
}

/** Beside the crosshair where there is room, and never over the edge of the window. */
function placeBox(box: HTMLElement, crosshair: Crosshair, from: number, to: number): void {
  const plot = crosshair.plot.getBoundingClientRect()
  const share = (crosshair.time * 1000 - from) / (to - from)
  const x = plot.left + share * plot.width
  const { width, height } = box.getBoundingClientRect()
  const right = x + APART_PX
  const left = right + width + EDGE_PX <= innerWidth ? right : x - APART_PX - width
  const top = Math.min(crosshair.top + APART_PX, innerHeight - height - EDGE_PX)
  box.style.left = `${Math.max(EDGE_PX, Math.min(left, innerWidth - width - EDGE_PX))}px`
  box.style.top = `${Math.max(EDGE_PX, top)}px`
}
