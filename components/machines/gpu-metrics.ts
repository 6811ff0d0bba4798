import type { TooltipMetric } from '../charts/chart-tooltip'
import { type GpuColumns, type GpuMetric, linesOf } from '../charts/columns'

/** Where axes end, from what the machine says of itself; null where it does not say. */
export type AxisLimits = {
  memoryMb: number | null
  powerWatts: number | null
  smClockMhz: number | null
}

export type ChartedMetric = TooltipMetric & { max: number }

const whole = (value: number) => value.toFixed(0)
const fine = (value: number) => value.toFixed(value < 100 ? 1 : 0)

/** The GPU charts of a machine in their order, with axes that stay: a wiggle must not look like a cliff. */
export function gpuMetrics(columns: GpuColumns, limits: AxisLimits): ChartedMetric[] {
  const all: [GpuMetric, Omit<ChartedMetric, 'key' | 'lines' | 'max'>, number | null, number?][] = [
    ['gpu_utilization', { title: 'Utilization', unit: '%', format: whole }, 100],
    [
      'memory_used_mb',
      { title: 'Memory used', unit: 'GiB', format: fine },
      limits.memoryMb && limits.memoryMb / 1024,
      1 / 1024,
    ],
    ['temperature_c', { title: 'Temperature', unit: '°C', format: whole }, 100],
    ['power_watts', { title: 'Power', unit: 'W', format: whole }, limits.powerWatts],
    ['sm_clock_mhz', { title: 'SM clock', unit: 'MHz', format: whole }, limits.smClockMhz],
  ]
  return all
    .filter(([metric]) => columns.metrics[metric])
    .map(([metric, look, limit, scale = 1]) => {
      const lines = linesOf(columns, metric, scale)
      return { key: metric, ...look, lines, max: axisEnd(limit, lines) }
    })
}

/** The limit, or a round number above all values where there is none or they go beyond it. */
export function axisEnd(
  limit: number | null,
  lines: readonly { average: readonly (number | null)[]; greatest?: readonly (number | null)[] }[],
): number {
  let greatest = 0
  for (const line of lines) {
    for (const value of line.greatest ?? line.average) greatest = Math.max(greatest, value ?? 0)
  }
  if (limit && limit >= greatest) return limit
  if (greatest === 0) return 1
  const power = 10 ** Math.floor(Math.log10(greatest))
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((times) => times * power >= greatest * 1.05)
  return (step ?? 15) * power
}
