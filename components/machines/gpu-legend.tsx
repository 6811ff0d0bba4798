'use client'

import type { MouseEvent } from 'react'
import type { ChartGroup } from '../charts/chart-group'
import type { GpuLine } from '../charts/columns'

/** A button per GPU: a click hides or shows its lines; a double click or Alt and a click shows only it. */
export function GpuLegend({
  gpus,
  hidden,
  onChange,
  group,
}: {
  gpus: readonly GpuLine[]
  hidden: ReadonlySet<string>
  onChange: (hidden: Iterable<string>) => void
  group: ChartGroup
}) {
  function isolate(uuid: string) {
    const others = gpus.filter((gpu) => gpu.uuid !== uuid).map((gpu) => gpu.uuid)
    const isAlone = !hidden.has(uuid) && others.every((other) => hidden.has(other))
    onChange(isAlone ? [] : others)
  }
  function toggle(event: MouseEvent, uuid: string) {
    if (event.altKey) return isolate(uuid)
    const next = new Set(hidden)
    if (!next.delete(uuid)) next.add(uuid)
    onChange(next)
  }
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-0.5 sm:gap-1">
      <legend className="sr-only">GPUs in the charts; Alt and a click shows only one</legend>
      {gpus.map(({ uuid, label, colour, isDashed }) => (
        <button
          key={uuid}
          type="button"
          aria-pressed={!hidden.has(uuid)}
          aria-label={label}
          title={`${label}: click to hide or show, double-click to show only it`}
          onClick={(event) => toggle(event, uuid)}
          onDoubleClick={() => isolate(uuid)}
          onPointerEnter={() => group.highlight(uuid)}
          onPointerLeave={() => group.highlight(null)}
          className="inline-flex min-h-7 items-center gap-1.5 rounded-md border border-line px-1.5 text-xs tabular-nums sm:px-2 hover:bg-sunken aria-[pressed=false]:border-transparent aria-[pressed=false]:text-soft aria-[pressed=false]:line-through"
        >
          <span
            aria-hidden="true"
            className={`w-3 border-t-2 ${isDashed ? 'border-dashed' : ''}`}
            style={{
              borderColor: hidden.has(uuid) ? 'var(--line-strong)' : `var(--series-${colour})`,
            }}
          />
          {label.replace('GPU ', '')}
        </button>
      ))}
    </fieldset>
  )
}
