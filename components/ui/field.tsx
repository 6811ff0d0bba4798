import { type ReactNode, useId } from 'react'

export const inputClass =
  'w-full min-h-9 rounded-md border border-line-strong/70 bg-raised px-2.5 py-1.5 text-ink placeholder:text-soft hover:border-line-strong aria-invalid:border-bad'

/** A label around its input, with a hint, and an error in the input's place. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string
  hint?: string
  error?: string | undefined
  children: ReactNode
}) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label className="flex flex-col gap-1">
        <span className="font-medium">{label}</span>
        {children}
      </label>
      {hint && !error && <p className="text-soft text-xs">{hint}</p>}
      {error && (
        <p id={id} role="alert" className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  )
}
