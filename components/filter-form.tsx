import type { ReactNode } from 'react'
import { inputClass } from './ui/field'

/** Around the filters of a list. Without a script it is a plain form. */
export function FilterForm({
  isPending,
  onSubmit,
  className,
  children,
}: {
  /** The list as it is wanted is on its way. */
  isPending: boolean
  onSubmit: () => void
  className: string
  children: ReactNode
}) {
  return (
    <search>
      <form
        aria-label="Filter"
        aria-busy={isPending}
        className={className}
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        {children}
        <noscript>
          <button type="submit">Apply</button>
        </noscript>
      </form>
    </search>
  )
}

/** What the names in a list have in them. */
export function SearchField({
  value,
  onChange,
}: {
  value: string
  onChange: (value: string) => void
}) {
  return (
    <div className="w-full sm:w-64">
      <input
        type="search"
        name="search"
        aria-label="Search by name"
        placeholder="Search by name"
        className={inputClass}
        value={value}
        maxLength={200}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
