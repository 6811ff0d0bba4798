import { cva } from 'class-variance-authority'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './cn'

const button = cva(
  'inline-flex select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      kind: {
        primary:
          'border-transparent bg-accent text-on-accent shadow-sm enabled:hover:bg-accent-strong [a&]:hover:bg-accent-strong',
        plain:
          'border-line-strong/60 bg-raised text-ink shadow-sm enabled:hover:border-line-strong enabled:hover:bg-sunken data-popup-open:bg-sunken [a&]:hover:bg-sunken',
        danger:
          'border-bad/50 bg-raised text-bad shadow-sm enabled:hover:border-bad enabled:hover:bg-bad-surface [a&]:hover:bg-bad-surface',
        quiet:
          'border-transparent text-soft enabled:hover:bg-sunken enabled:hover:text-ink data-popup-open:bg-sunken data-popup-open:text-ink [a&]:hover:bg-sunken [a&]:hover:text-ink',
      },
      // A finger gets 40 px, a pointer the density.
      size: {
        sm: 'min-h-7 px-2 text-xs pointer-coarse:min-h-10',
        md: 'min-h-8 px-3 text-sm pointer-coarse:min-h-10',
        icon: 'size-8 text-sm pointer-coarse:size-10',
        'icon-sm': 'size-7 text-sm pointer-coarse:size-10',
      },
    },
    defaultVariants: { kind: 'plain', size: 'md' },
  },
)

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet'
export type ButtonSize = 'sm' | 'md' | 'icon' | 'icon-sm'

/** The look of a button, for a link that is one to the eye. */
export function buttonClass(kind: ButtonKind = 'plain', size: ButtonSize = 'md'): string {
  return button({ kind, size })
}

/** `busy` shows that what it started goes on; say so in the words too. */
export function Button({
  kind = 'plain',
  size = 'md',
  type = 'button',
  busy = false,
  className,
  children,
  ...props
}: ComponentProps<'button'> & { kind?: ButtonKind; size?: ButtonSize; busy?: boolean }) {
  return (
    <button
      type={type}
      aria-busy={busy || undefined}
      {...props}
      className={cn(button({ kind, size }), className)}
    >
      {busy && <LoaderCircle aria-hidden="true" className="animate-spin" />}
      {children}
    </button>
  )
}
