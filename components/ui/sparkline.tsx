import { cn } from './cn'

const WIDTH = 100
const HEIGHT = 20

/**
 * The shape of the last values, newest at the right; where one is unknown the line has a gap.
 * Decoration: the number itself stands beside it.
 */
export function Sparkline({
  values,
  max,
  slots = values.length,
  className,
}: {
  values: readonly (number | null)[]
  max: number
  /** How many values the width holds; fewer are drawn at the right. */
  slots?: number
  className?: string
}) {
  const step = WIDTH / Math.max(1, slots - 1)
  const start = WIDTH - (values.length - 1) * step
  let line = ''
  let area = ''
  let x = ''
  for (const [i, value] of [...values, null].entries()) {
    if (value === null) {
      if (x) area += `L${x} ${HEIGHT}Z`
      x = ''
      continue
    }
    const y = HEIGHT - (HEIGHT - 1) * Math.min(1, Math.max(0, value / (max || 1))) - 0.5
    const isDown = x !== ''
    x = (start + i * step).toFixed(1)
    line += `${isDown ? 'L' : 'M'}${x} ${y.toFixed(1)}`
    area += `${isDown ? '' : `M${x} ${HEIGHT}`}L${x} ${y.toFixed(1)}`
  }
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cn('h-5 w-full overflow-visible text-accent', className)}
    >
      <path d={area} fill="currentColor" opacity="0.14" />
      <path
        d={line}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  )
}
