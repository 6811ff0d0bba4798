import { CircleAlert } from 'lucide-react'
import { cloneElement, isValidElement, type ReactNode, useId } from 'react'

export const inputClass =
  'w-full min-h-8 pointer-coarse:min-h-10 rounded-md border border-line-strong bg-raised px-2.5 py-1 text-ink shadow-sm transition-colors placeholder:text-soft enabled:hover:border-ink/60 focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:bg-sunken disabled:text-soft aria-invalid:border-bad aria-invalid:outline-bad'

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
  const control =
    isValidElement<{ 'aria-describedby'?: string }>(children) && (hint || error)
      ? cloneElement(children, { 'aria-describedby': id })
      : children
  return (
    <div className="flex flex-col gap-1.5">
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child. */}
      <label className="flex flex-col gap-1.5">
        <span className="font-medium">{label}</span>
        {control}
      </label>
      {hint && !error && (
        <p id={id} className="text-soft text-xs">
          {hint}
        </p>
      )}
      {error && (
        <p id={id} role="alert" className="flex gap-1.5 text-bad text-xs">
          <CircleAlert aria-hidden="true" className="mt-px size-3.5 shrink-0" />
          <span className="min-w-0">{error}</span>
        </p>
      )}
    </div>
  )
}
