'use client'

import dynamic from 'next/dynamic'
import { type ReactNode, useState } from 'react'
import { ChartCursor } from './chart-cursor'
import type { ChartGroup } from './chart-group'
import { chartSummary } from './chart-summary'
import type { ChartLine } from './columns'
import type { TimeCanvasProps } from './time-canvas'

/** The library comes after the page: nobody needs it to read the numbers. */
const UplotCanvas = dynamic<TimeCanvasProps>(() => import('./uplot-canvas'), { ssr: false })

/** Words are for reading aloud; new ones with every sample would be a burden for everybody. */
const WORDS_EVERY_S = 10

/** Three digits, so that the ticks of a small axis differ; 81.25 and 1,024 need four. */
const TICKS = new Intl.NumberFormat('en', {
  maximumFractionDigits: 2,
  maximumSignificantDigits: 3,
  roundingPriority: 'morePrecision',
})
const tick = (value: number) => TICKS.format(value)

type TimeChartProps = Omit<TimeCanvasProps, 'tick' | 'group'> & {
  group: ChartGroup
  title: string
  unit: string
  /** A value in the words of the tooltip. */
  format: (value: number) => string
  /** What can be done with this chart, at the right of its title. */
  actions?: ReactNode
}

/** Lines over time: crosshair and highlight shared with the group, gaps left open, drag to zoom. */
export function TimeChart({ title, unit, format, actions, ...props }: TimeChartProps) {
  const lines = props.lines.filter(({ key }) => !props.hidden.has(key))
  const summary = useSummary(lines, props.at, () => chartSummary(lines, unit, format))
  return (
    <figure className="min-w-0 rounded-lg border border-line bg-raised p-2">
      <figcaption className="flex min-h-6 items-center gap-1.5 pl-2 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-soft">{unit}</span>
        <span className="ml-auto">{actions}</span>
      </figcaption>
      <div className="relative h-48">
        <div role="img" aria-label={`${title}: ${summary}`} className="h-full">
          <UplotCanvas {...props} tick={tick} />
        </div>
        <ChartCursor {...props} lines={lines} title={title} unit={unit} format={format} />
      </div>
    </figure>
  )
}

function useSummary(lines: ChartLine[], at: readonly number[], toWords: () => string): string {
  const keys = lines.map(({ key }) => key).join()
  const now = { keys, first: at[0] ?? 0, last: at.at(-1) ?? 0 }
  const [words, setWords] = useState(() => ({ ...now, text: toWords() }))
  const isFresh =
    now.keys === words.keys &&
    Math.abs(now.first - words.first) < WORDS_EVERY_S &&
    Math.abs(now.last - words.last) < WORDS_EVERY_S
  if (isFresh) return words.text
  const next = { ...now, text: toWords() }
  setWords(next)
  return next.text
}
