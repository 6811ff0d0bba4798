import { type ReactNode, useId } from 'react'

/** One of a few, all in sight: a group of radio buttons that looks like a switch. */
export function Segmented<T extends string>({
  label,
  value,
  onChange,
  options,
  iconOnly = false,
}: {
  label: string
  value: T
  onChange: (value: T) => void
  options: readonly { value: T; label: string; icon?: ReactNode; disabled?: boolean }[]
  /** Labels stay as names; a tooltip says them. */
  iconOnly?: boolean
}) {
  const name = useId()
  return (
    <div
      aria-label={label}
      role="radiogroup"
      className="inline-flex max-w-full overflow-x-auto rounded-md border border-line bg-sunken p-0.5"
    >
      {options.map((option) => (
        <label
          key={option.value}
          title={iconOnly ? option.label : undefined}
          className="relative flex min-h-6.5 select-none items-center gap-1.5 whitespace-nowrap rounded-sm px-2.5 font-medium text-soft text-xs transition-colors hover:text-ink has-checked:bg-raised has-checked:text-ink has-checked:shadow-sm has-disabled:opacity-50 has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:-outline-offset-1 pointer-coarse:min-h-9 [&_svg]:size-4"
        >
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-[inherit] opacity-0"
          />
          {option.icon}
          <span className={iconOnly ? 'sr-only' : undefined}>{option.label}</span>
        </label>
      ))}
    </div>
  )
}
