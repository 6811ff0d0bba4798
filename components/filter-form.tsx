import type { ReactNode } from 'react'

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
      </form>
    </search>
  )
}
