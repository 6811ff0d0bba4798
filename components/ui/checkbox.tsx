'use client'

import { Check, Minus } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'

/** A box to tick, with its label. The browser's own, so that a form sends it. */
export function Checkbox({
  label,
  hint,
  mixed = false,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'type'> & {
  label: ReactNode
  hint?: string
  /** Some of what it stands for is ticked. */
  mixed?: boolean
}) {
  return (
    <label
      className={cn(
        'inline-flex items-start gap-2 has-disabled:opacity-50 pointer-coarse:min-h-10 pointer-coarse:items-center',
        className,
      )}
    >
      <span className="relative mt-0.5 flex size-4 shrink-0">
        <input
          type="checkbox"
          // Only script can say so; assistive technology hears of it from the browser.
          ref={(box) => {
            if (box) box.indeterminate = mixed
          }}
          {...props}
          className="peer size-4 cursor-[inherit] appearance-none rounded-sm border border-line-strong bg-raised transition-colors checked:border-accent checked:bg-accent aria-invalid:border-bad indeterminate:border-accent indeterminate:bg-accent"
        />
        {mixed ? (
          <Minus aria-hidden="true" className={MARK} strokeWidth={3} />
        ) : (
          <Check
            aria-hidden="true"
            className={`${MARK} hidden peer-checked:block`}
            strokeWidth={3}
          />
        )}
      </span>
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-soft text-xs">{hint}</span>}
      </span>
    </label>
  )
}

const MARK = 'pointer-events-none absolute inset-0.5 size-3 text-on-accent'
