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
  className = 'text-accent',
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
  let isDown = false
  for (const [i, value] of values.entries()) {
    if (value === null) {
      isDown = false
      continue
    }
    const y = HEIGHT - (HEIGHT - 1) * Math.min(1, Math.max(0, value / (max || 1))) - 0.5
    line += `${isDown ? 'L' : 'M'}${(start + i * step).toFixed(1)} ${y.toFixed(1)}`
    isDown = true
  }
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={`h-5 w-full overflow-visible ${className}`}
    >
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
