'use client'

import { Select } from '../ui/select'
import type { ChartSettings } from './chart-settings'

/** Step or time, smoothing, logarithmic; and which metric, where one is shown at a time. */
export function ChartControls({
  settings,
  onChange,
  stepName,
  metrics,
}: {
  settings: ChartSettings
  onChange: (changes: Partial<ChartSettings>) => void
  stepName: string
  metrics?: { names: string[]; chosen: string }
}) {
  const { isTime, smoothing, isLog } = settings
  const axes = [
    { label: stepName, value: false },
    { label: 'time', value: true },
  ]
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      {metrics && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child.
        <label className="flex items-center gap-2">
          <span className="text-soft">Metric</span>
          <Select
            value={metrics.chosen}
            onChange={(event) => onChange({ metric: event.target.value })}
          >
            {metrics.names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </label>
      )}
      <fieldset className="flex items-center gap-2">
        <legend className="sr-only">Horizontal axis</legend>
        {axes.map(({ label, value }) => (
          <label key={label} className="flex min-h-9 items-center gap-1.5">
            <input
              type="radio"
              className="accent-accent"
              checked={isTime === value}
              onChange={() => onChange({ isTime: value })}
            />
            by {label}
          </label>
        ))}
      </fieldset>
      <label className="flex min-h-9 items-center gap-2">
        <span className="text-soft">Smoothing</span>
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          className="w-28 accent-accent"
          onChange={(event) => onChange({ smoothing: Number(event.target.value) })}
        />
        <output className="w-9 font-mono text-xs tabular-nums">{smoothing.toFixed(2)}</output>
      </label>
      <label className="flex min-h-9 items-center gap-1.5">
        <input
          type="checkbox"
          className="accent-accent"
          checked={isLog}
          onChange={(event) => onChange({ isLog: event.target.checked })}
        />
        Log scale
      </label>
    </div>
  )
}
