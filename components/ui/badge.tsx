import { cva } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from './cn'

const badge = cva(
  'inline-flex min-h-5 items-center gap-1 whitespace-nowrap rounded-full border px-2 font-medium text-2xs tabular-nums [&_svg]:size-3 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        plain: 'border-line bg-sunken text-soft',
        accent: 'border-accent/30 bg-accent-surface text-accent',
        good: 'border-good/30 bg-good-surface text-good',
        warn: 'border-warn/30 bg-warn-surface text-warn',
        bad: 'border-bad/30 bg-bad-surface text-bad',
        info: 'border-info/30 bg-info-surface text-info',
      },
    },
  },
)

export type BadgeTone = 'plain' | 'accent' | 'good' | 'warn' | 'bad' | 'info'

/** A word about something. Its words say it, not only its colour. */
export function Badge({
  tone = 'plain',
  className,
  ...props
}: ComponentProps<'span'> & { tone?: BadgeTone }) {
  return <span {...props} className={cn(badge({ tone }), className)} />
}
