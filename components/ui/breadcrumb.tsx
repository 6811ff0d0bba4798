import { ChevronRight } from 'lucide-react'
import type { Route } from 'next'
import Link from 'next/link'

/** The way to this page. */
export function Breadcrumb({
  trail,
  here,
}: {
  trail: { href: Route; text: string }[]
  here: string
}) {
  return (
    <nav aria-label="Breadcrumb" className="mb-1">
      <ol className="flex flex-wrap items-center gap-1 text-soft text-xs">
        {trail.map(({ href, text }) => (
          <li key={href} className="flex items-center gap-1">
            <Link href={href} className="rounded-sm hover:text-ink">
              {text}
            </Link>
            <ChevronRight aria-hidden="true" className="size-3" />
          </li>
        ))}
        <li aria-current="page" className="truncate">
          {here}
        </li>
      </ol>
    </nav>
  )
}
