import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from './cn'

const button = cva(
  'inline-flex items-center justify-center gap-2 rounded-md border font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50',
  {
    variants: {
      kind: {
        primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong',
        plain: 'border-line bg-raised text-ink shadow-xs hover:border-line-strong hover:bg-sunken',
        danger: 'border-bad/50 bg-raised text-bad hover:bg-bad-surface',
        quiet: 'border-transparent text-soft hover:bg-sunken hover:text-ink',
      },
      size: {
        small: 'min-h-7.5 px-2.5 text-xs',
        medium: 'min-h-9 px-3',
      },
    },
    defaultVariants: { kind: 'plain', size: 'medium' },
  },
)

type Look = VariantProps<typeof button>
type Kind = NonNullable<Look['kind']>

/** The look of a button, for a link that does what one would. */
export function buttonClass(kind: Kind = 'plain', size: Look['size'] = 'medium'): string {
  return button({ kind, size })
}

export function Button({
  kind,
  size,
  type = 'button',
  className,
  ...props
}: ComponentProps<'button'> & Look) {
  return <button type={type} {...props} className={cn(button({ kind, size }), className)} />
}
