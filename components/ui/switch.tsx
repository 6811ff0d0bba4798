import type { ComponentProps, ReactNode } from 'react'
import { cn } from './cn'

/** On or off, at once: what a form sends later is a Checkbox. */
export function Switch({
  label,
  hint,
  className,
  ...props
}: Omit<ComponentProps<'input'>, 'type' | 'role'> & { label: ReactNode; hint?: string }) {
  return (
    <label
      className={cn(
        'inline-flex items-start gap-2.5 has-disabled:opacity-50 pointer-coarse:min-h-10 pointer-coarse:items-center',
        className,
      )}
    >
      <input
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is checked.
        role="switch"
        {...props}
        className="relative mt-px h-4.5 w-8 shrink-0 cursor-[inherit] appearance-none rounded-full border border-line-strong bg-sunken transition-colors before:absolute before:top-1/2 before:left-0.5 before:size-3 before:-translate-y-1/2 before:rounded-full before:bg-soft before:transition-[translate,background-color] checked:border-accent checked:bg-accent checked:before:translate-x-3.5 checked:before:bg-on-accent"
      />
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-soft text-xs">{hint}</span>}
      </span>
    </label>
  )
}
