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
      <span className="truncate text-right font-mono text-xs tabular-nums">{text}</span>
      <span aria-hidden="true" className="h-1 overflow-hidden rounded-full bg-track">
        <span
          className={cn('block h-full rounded-full', colourOf(percent, limits))}
          style={{ width: `${percent}%` }}
        />
      </span>
    </span>
  )
}

function colourOf(percent: number, limits?: Limits): string {
  if (!limits || percent < limits.warn) return 'bg-accent'
  return percent < limits.bad ? 'bg-warn' : 'bg-bad'
}
