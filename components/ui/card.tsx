import type { Route } from 'next'
import type { ReactNode } from 'react'
import { Breadcrumb } from './breadcrumb'
import { cn } from './cn'

/** A titled part of a page. `flush` lets a table or a list reach its edges. */
export function Card({
  title,
  actions,
  children,
  flush = false,
  className,
}: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
  flush?: boolean
  className?: string
}) {
  return (
    <section
      className={cn(
        'min-w-0 overflow-clip rounded-lg border border-line bg-raised shadow-sm',
        className,
      )}
    >
      {(title || actions) && (
        <header className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-1.5">
          <h2 className="wrap-anywhere min-w-0 font-semibold text-sm">{title}</h2>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : 'p-4'}>{children}</div>
    </section>
  )
}

/** The heading of a page, the way to it, and what can be done there. */
export function PageHeader({
  title,
  children,
  note,
  trail = [],
}: {
  title: string
  note?: ReactNode
  children?: ReactNode
  /** The pages above this one, from the outside in. */
  trail?: { href: Route; text: string }[]
}) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div className="min-w-0">
        {trail.length > 0 && <Breadcrumb trail={trail} here={title} />}
        <h1 className="wrap-anywhere font-semibold text-xl tracking-tight">{title}</h1>
        {note && <div className="wrap-anywhere mt-1 text-soft">{note}</div>}
      </div>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </div>
  )
}
