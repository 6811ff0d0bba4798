import { cn } from './cn'

const WIDTH = 100
const HEIGHT = 24

/**
 * The shape of the last values, oldest first; null is a gap. Decoration: the value stands beside it.
 * A string of SVG and nothing else, as a page may have hundreds that change every second.
 */
export function Sparkline({
  values,
  max,
  slots = values.length,
  className,
}: {
  values: readonly (number | null)[]
  /** The top of the scale, which else is the greatest value; the bottom is 0. */
  max?: number
  /** How many values the width holds; fewer are drawn at the right. */
  slots?: number
  className?: string
}) {
  const { line, area } = pathsOf(values, slots, max)
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cn('h-6 w-full overflow-visible text-accent', className)}
    >
      <path d={area} fill="currentColor" opacity={0.14} />
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

/** A value alone between gaps is a dot: a line of no length with round ends. */
export function pathsOf(values: readonly (number | null)[], slots: number, max?: number) {
  let top = max ?? 0
  if (max === undefined) for (const value of values) if (value !== null && value > top) top = value
  const step = slots > 1 ? WIDTH / (slots - 1) : 0
  const start = step * (slots - values.length)
  let line = ''
  let area = ''
  /** Where the line is; empty in a gap. */
  let x = ''
  for (const [index, value] of [...values, null].entries()) {
    if (value === null) {
      if (x) area += `L${x} ${HEIGHT}Z`
      x = ''
      continue
    }
    const isDown = x !== ''
    const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0
    x = (start + index * step).toFixed(1)
    const point = `${x} ${(HEIGHT - share * HEIGHT).toFixed(1)}`
    line += isDown ? `L${point}` : `M${point}L${point}`
    area += isDown ? `L${point}` : `M${x} ${HEIGHT}L${point}`
  }
  return { line, area }
}
