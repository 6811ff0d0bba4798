import { cn } from './cn'

const WIDTH = 100
const HEIGHT = 24

/**
 * The shape of the last values, oldest first; null is a gap. `max` fixes the top of the scale, which
 * else is the greatest value; the bottom is 0. Decoration (the value stands beside it) without
 * `label`. A string of SVG and nothing else, as a page may have hundreds that change every second.
 */
export function Sparkline({
  values,
  max,
  label,
  className,
}: {
  values: readonly (number | null)[]
  max?: number
  label?: string
  className?: string
}) {
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: it is hidden, or has its label as its name.
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
      className={cn('h-6 w-full overflow-visible text-accent', className)}
    >
      <path
        d={pathOf(values, max)}
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
export function pathOf(values: readonly (number | null)[], max?: number): string {
  let top = max ?? 0
  if (max === undefined) for (const value of values) if (value !== null && value > top) top = value
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0
  let path = ''
  let isDown = false
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isDown = false
      continue
    }
    const share = top > 0 ? Math.min(1, Math.max(0, value / top)) : 0
    const point = `${(index * step).toFixed(1)} ${(HEIGHT - share * HEIGHT).toFixed(1)}`
    path += isDown ? `L${point}` : `M${point}L${point}`
    isDown = true
  }
  return path
}
