import { cn } from '../ui/cn'

type Limits = { warn: number; bad: number }

/**
 * A number over a thin bar, for tables full of them. The number is the information; the bar,
 * in its colour, says the same again.
 */
export function ValueBar({
  text,
  share,
  limits,
}: {
  text: string
  /** 0 to 1; unknown is null. */
  share: number | null
  limits?: Limits
}) {
  const percent = share === null ? 0 : 100 * Math.min(1, Math.max(0, share))
  return (
    <span className="flex min-w-0 flex-col gap-0.5">
      <span className="truncate text-right text-xs tabular-nums">{text}</span>
      {/* One box with a picture in it: hundreds of them change at once and cost no layout. */}
      <span
        aria-hidden="true"
        className={cn(
          'h-1 rounded-full bg-[linear-gradient(currentColor,currentColor)] bg-no-repeat bg-track',
          colourOf(percent, limits),
        )}
        style={{ backgroundSize: `${percent}% 100%` }}
      />
    </span>
  )
}

function colourOf(percent: number, limits?: Limits): string {
  if (!limits || percent < limits.warn) return 'text-accent'
  return percent < limits.bad ? 'text-warn' : 'text-bad'
}
