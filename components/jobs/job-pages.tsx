import type { Route } from 'next'
import Link from 'next/link'
import { buttonClass } from '../ui/button'
import { type JobFilters, writeFilters } from './job-filters'

/** How many jobs of how many are shown, and the way to the others. */
export function JobPages({
  filters,
  pathname,
  shown,
  total,
  nextCursor,
}: {
  filters: JobFilters
  pathname: string
  shown: number
  total: number
  nextCursor: string | null
}) {
  const href = (cursor: string) => `${pathname}${writeFilters({ ...filters, cursor })}` as Route
  return (
    <nav aria-label="Pages" className="flex flex-wrap items-center gap-3 text-soft">
      <span>
        {shown === total ? `${total} ${total === 1 ? 'job' : 'jobs'}` : `${shown} of ${total} jobs`}
      </span>
      {filters.cursor && (
        <Link href={href('')} className={buttonClass()}>
          First page
        </Link>
      )}
      {nextCursor && (
        <Link href={href(nextCursor)} className={buttonClass()}>
          Next page
        </Link>
      )}
    </nav>
  )
}
