import type { ChartLine } from './columns'

/** The chart in words, for who cannot see it: each line's least, greatest and last value. */
export function chartSummary(
  lines: readonly Pick<ChartLine, 'label' | 'average'>[],
  unit: string,
  format: (value: number) => string,
): string {
  const parts = lines.map(({ label, average }) => {
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    let last: number | null = null
    for (const value of average) {
      if (value === null) continue
      least = Math.min(least, value)
      greatest = Math.max(greatest, value)
      last = value
    }
    if (last === null) return `${label} has no values`
    return `${label} from ${format(least)} to ${format(greatest)}, last ${format(last)} ${unit}`.trimEnd()
  })
  return parts.length === 0 ? 'nothing was recorded' : parts.join('; ')
}
