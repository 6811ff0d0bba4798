import type { Route } from 'next'
import type { ReactNode } from 'react'
import { Breadcrumb } from './breadcrumb'

/** A titled part of a page. */
export function Card({
  title,
  actions,
  children,
}: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="min-w-0 rounded-xl border border-line bg-raised">
      {(title || actions) && (
        <header className="flex flex-wrap items-center justify-between gap-2 border-line border-b px-4 py-2.5">
          <h2 className="font-medium">{title}</h2>
          {actions}
        </header>
      )}
      <div className="p-4">{children}</div>
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
        <h1 className="break-words font-semibold text-xl tracking-tight">{title}</h1>
        {note && <div className="mt-1 text-soft">{note}</div>}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  )
}
