'use client'

import { type ReactNode, useId } from 'react'
import { cn } from './cn'

/** One of a few choices, all in sight; arrow keys move between them as in any radio group. */
export function Segmented<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: T
  options: readonly { value: T; label: string; icon?: ReactNode }[]
  onChange: (value: T) => void
}) {
  const name = useId()
  return (
    <fieldset className="inline-flex rounded-md border border-line bg-surface p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={cn(
            'inline-flex min-h-7.5 cursor-pointer items-center gap-1.5 rounded-sm px-2.5 text-soft hover:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent',
            option.value === value && 'bg-raised font-medium text-ink shadow-sm',
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.icon}
          {option.label}
        </label>
      ))}
    </fieldset>
  )
}
